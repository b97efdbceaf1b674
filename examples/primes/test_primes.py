"""Primes from C++; the same on CPython and PyPy.

dovetail build primes.h            && python -m unittest test_primes
dovetail build --pypy primes.h     && pypy3 -m unittest test_primes
"""

import unittest

import primes
import primes_python


class Primes(unittest.TestCase):
    def test_the_same_as_in_python(self):
        self.assertEqual(primes.primes(200), primes_python.primes(200))
        self.assertEqual(primes.primes(count=0), [])

    def test_numbers_in_one_piece(self):
        found = primes.primes(10)
        view = memoryview(found)
        self.assertEqual((view.format, view.itemsize, view.shape), ("i", 4, (10,)))
        self.assertEqual((view[9], sum(view), list(view)), (29, 129, list(found)))
        view[0] = 5
        self.assertEqual(found[0], 5)
        with self.assertRaises(BufferError):
            found.append(31)
        view.release()
        del view
        found.append(31)
        self.assertEqual((len(found), found[-1], found[2:4]), (11, 31, [5, 7]))

    def test_a_container_of_ones_own(self):
        numbers = primes.VectorInt(range(5))
        numbers += [10, 11]
        numbers[1] = -1
        self.assertEqual(numbers, [0, -1, 2, 3, 4, 10, 11])
        self.assertEqual(sorted(numbers), [-1, 0, 2, 3, 4, 10, 11])
        for wrong in ("a", 1.5, None, 2**40):
            self.assertRaises((TypeError, OverflowError), numbers.append, wrong)
        self.assertRaises((TypeError, OverflowError), primes.VectorInt, [2**40])
        self.assertEqual(len(numbers), 7)

    def test_wrong_arguments(self):
        for wrong in ("a", 1.5, None, 2**40):
            self.assertRaises((TypeError, OverflowError), primes.primes, wrong)


if __name__ == "__main__":
    unittest.main()
