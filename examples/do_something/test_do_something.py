"""Arrays of numbers to C++, without NumPy; the same on CPython and PyPy.

dovetail build do_something.h            && python -m unittest test_do_something
dovetail build --pypy do_something.h     && pypy3 -m unittest test_do_something
"""

import array
import unittest

import do_something


class DoSomething(unittest.TestCase):
    def test_arrays_are_read_in_place(self):
        xs, ys = array.array("d", range(5)), array.array("d", range(30))
        self.assertEqual(do_something.do_something(xs, ys), 1916)
        self.assertEqual(do_something.do_something(xs=memoryview(xs), ys=ys), 1916)
        self.assertEqual(do_something.do_something(array.array("d"), ys), 0)

    def test_other_elements_are_refused(self):
        for wrong in (array.array("i", [1]), b"12345678", [1.0, "a"], None, 3):
            with self.subTest(wrong), self.assertRaises((TypeError, ValueError)) as caught:
                do_something.do_something(array.array("d"), wrong)
            self.assertIn("'ys'", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
