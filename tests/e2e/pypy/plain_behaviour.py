"""What modules for PyPy do; the same file passes over the module for CPython."""

import array
import copy
import gc
import os
import pathlib
import threading
import unittest

import plain

ON_PYPY = plain.__file__.endswith(".py")


class Values(unittest.TestCase):
    def refuses(self, error, words, function, *args, **kwargs):
        with self.assertRaises(error) as caught:
            function(*args, **kwargs)
        self.assertIn(words, str(caught.exception))

    def test_overloads(self):
        self.assertEqual(
            [plain.kind(x) for x in (1, 1.5, "x", b"y", True)], ["int", "double", "text x", "text y", "bool"]
        )
        self.assertEqual(plain.kind(2**40), "double")
        self.assertEqual(plain.kind(1, more=2), "two 2")
        self.refuses(TypeError, "kind(): no overload takes (None); there are:", plain.kind, None)
        self.refuses(TypeError, "no overload takes (int, int, int)", plain.kind, 1, 2, 3)

    def test_defaults_and_keywords(self):
        self.assertEqual((plain.add(1), plain.add(1, c=0), plain.add(b=0, a=0, c=0)), (111, 11, 0))
        self.assertEqual((plain.hidden("abc"), plain.hidden("abc", of={1}), plain.hidden("abc", [])), (6, 4, 3))
        self.assertIs(plain.other(), plain.Colour.green)
        for wrong in ((), (1, 2, 3, 4)):
            self.assertRaises(TypeError, plain.add, *wrong)
        self.assertRaises(TypeError, plain.add, 1, d=1)

    def test_numbers(self):
        self.assertEqual((plain.small(-128), plain.large(2**64 - 1), plain.lowest()), (-128, 2**64 - 1, -2147483647))
        self.assertEqual((plain.single(0.5), plain.negate(False), plain.next("a")), (0.5, True, "b"))
        self.refuses(OverflowError, "small(): argument 'x': 128 is out of range: -128 to 127", plain.small, 128)
        self.refuses(OverflowError, "is out of range of a 32-bit float", plain.single, 1e300)
        self.refuses(TypeError, "large(): argument 'x' must be int, not float", plain.large, 1.0)
        self.refuses(TypeError, "negate(): argument 'x' must be bool, not int", plain.negate, 1)
        self.refuses(ValueError, "one character of one byte is expected, not 2 bytes", plain.next, "ab")
        self.assertRaises(TypeError, plain.small, None)

    def test_text(self):
        self.assertEqual(
            (plain.echo("Grüße\0!"), plain.echo(b"a\xff"), plain.measure("abc")), ("Grüße\0!", "a\udcff", 3)
        )
        self.assertEqual(plain.echo(plain.echo(b"\xff")), "\udcff")
        self.assertEqual((plain.nothing(True), plain.nothing(False)), ("something", None))
        self.assertEqual(plain.parent("/a/b"), pathlib.Path("/a"))
        self.assertEqual(plain.parent(pathlib.Path("/a/b")), pathlib.Path("/a"))
        self.refuses(ValueError, "embedded null character", plain.measure, "a\0b")
        self.refuses(TypeError, "echo(): argument 'text' must be str | bytes, not int", plain.echo, 5)

    def test_several_values(self):
        self.assertEqual(plain.both((1, "a")), (2, "a!"))
        self.assertEqual((plain.half(3), plain.half(None)), (1.5, None))
        self.assertEqual([plain.same(x) for x in (1, "a", 1.5)], [1, "a", 1.5])
        self.assertEqual(plain.turned(1), (True, 1j))
        self.assertRaises(TypeError, plain.both, (1, 2))
        self.assertRaises(TypeError, plain.both, 1)
        self.assertRaises((TypeError, OverflowError), plain.half, 2**40)
        self.assertRaises(TypeError, plain.same, [])

    def test_enums(self):
        self.assertIs(plain.other(plain.Colour.green), plain.Colour.red)
        self.assertEqual((plain.level(plain.high), plain.level(plain.Level.low)), (5, 0))
        self.assertRaises(TypeError, plain.other, 1)
        self.assertEqual((plain.Colour.__module__, plain.inner.Deep.here.name), ("plain", "here"))

    def test_arrays(self):
        self.assertEqual(plain.sum(array.array("d", [1, 2])), 3)
        numbers = array.array("i", [1, 2])
        plain.fill(numbers, 7)
        self.assertEqual(list(numbers), [7, 7])
        self.assertRaises((TypeError, ValueError, BufferError), plain.fill, bytes(8), 1)
        self.assertRaises((TypeError, ValueError), plain.sum, numbers)

    def test_variables_and_constants(self):
        self.assertEqual((plain.counter, plain.version, plain.Book.limit), (5, "1.2", 7))
        plain.counter = 6
        self.assertEqual(plain.counter, 6)
        with self.assertRaises(TypeError):
            plain.counter = "a"
        self.assertEqual(plain.inner.deep(3), 3)


class Exceptions(unittest.TestCase):
    def test_each_is_the_same_class_with_its_text(self):
        for line, error, words in (
            (1, plain.ParseError, "no colon"),
            (2, IndexError, "far out"),
            (3, RuntimeError, "no std::exception"),
            (4, MemoryError, ""),
            (5, ValueError, "outer"),
        ):
            with self.subTest(error), self.assertRaises(error) as caught:
                plain.parse(line)
            self.assertIn(words, str(caught.exception))
            if line == 1:
                self.assertEqual((caught.exception.line, caught.exception.args), (1, ("no colon",)))
            if line == 5:
                self.assertIsInstance(caught.exception.__cause__, plain.ParseError)
        self.assertTrue(issubclass(plain.ParseError, RuntimeError))
        self.assertIsNone(plain.parse(0))

    def test_in_threads(self):
        found = []

        def fail(line, error):
            for _ in range(300):
                try:
                    plain.parse(line)
                except Exception as caught:
                    found.append(type(caught) is error)

        threads = [threading.Thread(target=fail, args=each) for each in ((1, plain.ParseError), (2, IndexError))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual((len(found), all(found)), (600, True))


class Classes(unittest.TestCase):
    def test_bases_at_other_addresses(self):
        both = plain.Both()
        self.assertEqual((both.left, both.right, both.both, both.where(), both.who()), (1, 2, 3, 1, 33))
        both.move(5)
        both.right += 1
        self.assertEqual((both.right, plain.ask(both), plain.ask(plain.Right())), (8, 41, 4))
        found = plain.itself(both)
        self.assertIsInstance(found, plain.Both)
        found.left = 9
        self.assertEqual((both.left, found == both), (9, True))
        self.assertRaises(TypeError, plain.ask, plain.Left())

    def test_objects_that_are_handed_over(self):
        self.assertIsInstance(plain.make(True), plain.Both)
        self.assertIs(type(plain.make(False)), plain.Right)
        given = plain.Both()
        self.assertEqual(plain.swallow(given), 33)
        self.assertRaises(ReferenceError, given.who)
        self.assertRaises(ReferenceError, plain.swallow, given)
        self.assertRaises(TypeError, plain.swallow, 5)

    def test_operators(self):
        book = plain.Book.parse("B")
        self.assertEqual(
            (book(4), book[1], bool(book), bool(plain.Book("")), book < plain.Book("C")), (8, 2, True, False, True)
        )
        self.assertIs(book.rename("D"), book)
        self.assertEqual((book.title(), book == plain.Book("D"), list(book)), ("D", True, [1, 2, 3]))
        self.assertEqual(copy.copy(book).title(), "D")
        with self.assertRaises(TypeError):
            book < 3

    def test_unions(self):
        word = plain.Word()
        word.whole = 0x01020304
        self.assertEqual(word.byte, 4)

    def test_uninitialised_and_unknown(self):
        class Mine(plain.Book):
            def __init__(self):
                pass

        for call in (lambda: Mine().title(), lambda: plain.Book.__new__(plain.Book).title(), lambda: plain.Book()):
            self.assertRaises(TypeError, call)
        book = plain.Book("a")
        with self.assertRaises(AttributeError):
            book.titel = 1
        with self.assertRaises(TypeError):
            book.__init__("again")
        for other in (3, None):
            self.assertRaises(TypeError, plain.Book.title, other)

    def test_lifetimes(self):
        gc.collect()
        gc.collect()
        before = plain.living()
        reader = plain.Reader(plain.Book("kept"))
        for _ in range(3):
            gc.collect()
        self.assertEqual((reader.reads(), plain.living()), ("kept", before + 1))
        pages = plain.Book("of pages").pages()
        gc.collect()
        pages.append(4)
        self.assertEqual(pages, [1, 2, 3, 4])
        del reader, pages
        for _ in range(4):
            gc.collect()
        self.assertEqual(plain.living(), before)

    @unittest.skipUnless(ON_PYPY, "objects of CPython's end by themselves")
    def test_close(self):
        before = plain.living()
        with plain.Book("short") as book:
            pages = book.pages()
            self.assertEqual((plain.living(), len(pages)), (before + 1, 3))
        self.assertEqual(plain.living(), before)
        for use in (book.title, lambda: len(pages), lambda: plain.Reader(book), lambda: book == book):
            self.assertRaises(ReferenceError, use)
        book.close()

    @unittest.skipUnless(ON_PYPY, "C++ calls them from CPython")
    def test_overrides_are_refused(self):
        with self.assertRaises(TypeError):

            class Mine(plain.Right):
                def who(self):
                    return 1


class Containers(unittest.TestCase):
    def test_elements(self):
        shelf = plain.Shelf()
        shelf.books.append(plain.Book("a"))
        first = shelf.books[0]
        shelf.books.extend(plain.Book(str(n)) for n in range(100))
        first.rename("A")
        self.assertEqual((shelf.books[0].title(), len(shelf.books)), ("A", 101))
        shelf.books.clear()
        self.assertRaises(ReferenceError, first.title)

    def test_maps_and_sets(self):
        shelf = plain.Shelf()
        shelf.named["x"] = plain.Book("X")
        self.assertEqual((list(shelf.named), shelf.named["x"].title(), len(shelf.named)), (["x"], "X", 1))
        self.assertIsNone(shelf.named.get("y"))
        element = shelf.named["x"]
        del shelf.named["x"]
        self.assertRaises((ReferenceError, KeyError), element.title)
        self.assertEqual((sorted(shelf.years), 1999 in shelf.years, "a" in shelf.years), ([1999, 2001], True, False))
        shelf.years.add(2000)
        shelf.years.discard(1999)
        self.assertEqual(shelf.years, {2000, 2001})
        book = plain.Book("b")
        book.notes["one"] = 1
        self.assertEqual((dict(book.notes), book.notes.pop("one"), len(book.notes)), ({"one": 1}, 1, 0))

    def test_sequences(self):
        shelf = plain.Shelf()
        self.assertEqual((list(shelf.words), shelf.rows[0][1], len(shelf.rows[1])), (["a", "b"], 2.0, 1))
        shelf.words.append("c")
        self.assertEqual((shelf.words[-1], shelf.words[0]), ("c", "a"))
        self.assertEqual(list(plain.Book("x").sizes), [1, 2, 3])
        self.assertEqual(plain.count(["a", "b"]), 2)
        self.assertRaises(TypeError, plain.count, [1])
        self.assertRaises(TypeError, plain.count, "abc")
        numbers = plain.VectorInt([1])
        plain.grow(numbers)
        self.assertEqual(numbers, [1, 4])
        self.assertRaises(TypeError, plain.grow, [1])
        self.assertRaises(TypeError, numbers.append, "a")

    @unittest.skipUnless(ON_PYPY, "all of it is bound for CPython")
    def test_what_is_not_there(self):
        self.assertFalse(hasattr(plain, "call"))
        self.assertTrue(os.path.exists(plain.__file__))


if __name__ == "__main__":
    unittest.main()
