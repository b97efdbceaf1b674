"""Some mountains for the scripts beside. In: nothing. Out: a `terrain.Range`."""

import terrain

alps = terrain.Range()
alps.add(terrain.Peak("Eiger", 46.5775, 8.0053, 3967))
alps.add(terrain.Peak("Mönch", 46.5583, 7.9972, 4110))
alps.add(terrain.Peak("Jungfrau", 46.5367, 7.9625, 4158))
