"""The log reader from Python; the same on CPython and PyPy.

dovetail build --source binary_reader.cpp binary_reader.h            && python -m unittest test_rows
dovetail build --pypy --source binary_reader.cpp binary_reader.h     && pypy3 -m unittest test_rows
"""

import os
import tempfile
import unittest

import binary_reader as rows


class Logs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.log = os.path.join(folder.name, "example.log")
        rows.writeExampleLog(self.log, 100, seed=3)

    def test_rows_and_items(self):
        reader = rows.RowReader(self.log)
        found = reader.getRows()
        self.assertEqual(len(found), 100)
        times = [row.nanotime() for row in found]
        self.assertEqual(times, sorted(times))
        for row in found:
            for item in row.items():
                self.assertIsInstance(reader.getIdName(item.id), str)
                self.assertIsInstance(item.value, (int, float))
        names = {reader.getIdName(item.id) for row in found for item in row.items()}
        self.assertIn("signal", names)
        self.assertTrue(str(found[0]).startswith(f"Row {times[0]}") or str(times[0]) in str(found[0]))

    def test_copies_of_rows(self):
        reader = rows.RowReader(self.log)
        high = reader.getRowsWithSignalGreaterThan(1.2)
        self.assertTrue(0 < len(high) < 100)
        self.assertIn(high[0], reader.getRows())

    def test_metadata(self):
        metadata = rows.BinaryReader(self.log).metadata()
        by_name = {entry.name: number for number, entry in metadata.items()}
        self.assertEqual(metadata[by_name["timestamp"]].kind, rows.ValueKind.integer)
        self.assertEqual(len(metadata), len(list(metadata)))
        self.assertNotIn(10_000, metadata)
        self.assertRaises(KeyError, lambda: metadata[10_000])

    def test_writing_a_log(self):
        log = self.log + ".own"
        names = [rows.IdMetadata("timestamp"), rows.IdMetadata("price", kind=rows.ValueKind.real)]
        writer = rows.RowWriter(log, names)
        writer.startRow(1000)
        writer.write(1, 2.5)
        writer.startRow(2000)
        self.assertRaises(ValueError, writer.write, 1, 7)
        writer.close()
        found = rows.RowReader(log).getRows()
        self.assertEqual(
            [(row.nanotime(), [(i.id, i.value) for i in row.items()]) for row in found],
            [(1000, [(1, 2.5)]), (2000, [])],
        )

    def test_errors(self):
        reader = rows.RowReader(self.log)
        self.assertRaises(IndexError, reader.getIdName, 10_000)
        with self.assertRaises(FileNotFoundError) as caught:
            rows.RowReader("/there/is/no/such.log")
        self.assertIn("such.log", str(caught.exception))
        with self.assertRaises(RuntimeError):
            rows.BinaryReader(__file__)
        self.assertRaises(OverflowError, reader.getIdName, 2**40)
        self.assertRaises(TypeError, reader.getIdName, "price")

    def test_items(self):
        item = rows.Item(3, 2.5)
        self.assertEqual((item.id, item.value), (3, 2.5))
        item.value = 7
        self.assertEqual((item, type(item.value)), (rows.Item(3, 7), int))
        self.assertEqual(rows.API_VERSION, 1)


if __name__ == "__main__":
    unittest.main()
