"""NumPy: `distance` is a ufunc, by a rule in dovetail.toml.

python with_numpy.py 10_000_000
"""

import sys
import time

import numpy as np
import terrain

count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
rng = np.random.default_rng(1)
latitudes, longitudes = rng.uniform(-90, 90, count), rng.uniform(-180, 180, count)
start = time.perf_counter()
metres = terrain.distance(latitudes, longitudes, 46.5775, 8.0053)
seconds = time.perf_counter() - start
print(
    f"the mean of {count} places is {metres.mean() / 1000:.0f} km from the Eiger ({seconds / count * 1e9:.0f} ns each)"
)
