"""What rules make classes do."""

import asyncio
import copy
import gc
import pickle

import pytest


def test_with_closes(conduct):
    with conduct.File("a") as file:
        assert file.isOpen
    assert not file.isOpen
    with pytest.raises(ZeroDivisionError), conduct.File("b") as file:
        1 / 0
    assert not file.isOpen
    with pytest.raises(RuntimeError, match="closed twice"), conduct.File("c") as file:
        file.close()


def test_with_a_pair(conduct):
    mutex = conduct.Mutex()
    with mutex as same:
        assert same is mutex
        assert mutex.held()
        with pytest.raises(RuntimeError, match="held already"), mutex:
            pass
    assert not mutex.held()


def test_what_a_subclass_overrides_is_called(conduct):
    class Quiet(conduct.File):
        closed = 0

        def close(self):
            self.closed += 1

    with Quiet("a") as file:
        pass
    assert file.closed == 1
    assert file.isOpen


def test_with_on_what_was_never_made(conduct):
    with pytest.raises(TypeError, match="__init__"), conduct.File.__new__(conduct.File):
        pass
    with pytest.raises(TypeError, match="takes 3 arguments but 1"):
        conduct.File("a").__exit__(None)


def test_repr(conduct):
    assert repr(conduct.Vec(3, 4)) == "Vec(x=3.0, y=4.0, length=5.0)"
    document = conduct.Document()
    document.title = "a'b"
    assert repr(document).startswith('Document(title="a\'b", children=')
    with pytest.raises(TypeError, match="__init__"):
        repr(conduct.Vec.__new__(conduct.Vec))


def test_repr_of_what_contains_itself(conduct):
    class Loop(conduct.Document):
        @property
        def title(self):
            return [self]

    assert repr(Loop()).startswith("Loop(title=[Loop(...)], children=")


def test_pickle_by_parts(conduct):
    vec = pickle.loads(pickle.dumps(conduct.Vec(1, 2)))
    assert (type(vec), vec.x, vec.y) == (conduct.Vec, 1, 2)
    assert copy.copy(vec).y == 2


def test_pickle_by_text(conduct):
    document = conduct.Document()
    document.title = "hello"
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(document, protocol)).title == "hello"


def test_match(conduct):
    match conduct.Vec(1, 2):
        case conduct.Vec(x, y):
            assert (x, y) == (1, 2)
        case _:
            pytest.fail("no match")


def test_async_for(conduct):
    async def main():
        return [item async for item in conduct.Feed(3)]

    assert asyncio.run(main()) == ["item 0", "item 1", "item 2"]


def test_async_for_over_outputs(conduct):
    async def main():
        return [item async for item in conduct.Rows()]

    assert asyncio.run(main()) == [(0, ""), (1, "x"), (2, "xx")]


def test_async_errors(conduct):
    async def main():
        async for _ in conduct.Feed(-1):
            pass

    with pytest.raises(IndexError, match="negative"):
        asyncio.run(main())
    with pytest.raises(RuntimeError, match="no running event loop"):
        conduct.Feed(1).__anext__()


def test_awaitable_twins_leave_the_loop_free(conduct):
    turns = 0

    async def turn(waiting):
        nonlocal turns
        while not waiting.done():
            await asyncio.sleep(0)
            turns += 1

    async def main():
        feed = conduct.Feed(1)
        calls = [feed.wait_async(30, factor=2) for _ in range(4)]
        del feed
        gc.collect()
        others = conduct.slow_square_async(7), conduct.deep.slow_half_async(3.0), conduct.Feed.sleep_async(1)
        waiting = asyncio.gather(*calls, *others)
        await turn(waiting)
        return await waiting

    assert asyncio.run(main()) == [60, 60, 60, 60, 49, 1.5, 1]
    assert turns > 3
    assert conduct.slow_square(3) == 9


def test_awaitable_arguments_are_checked(conduct):
    async def main():
        await conduct.slow_square_async("x")

    with pytest.raises(TypeError, match="argument 'x' must be int"):
        asyncio.run(main())


def test_properties(conduct):
    widget = conduct.Widget()
    widget.width = 5
    assert widget.width == 5
    with pytest.raises(ValueError, match="negative"):
        widget.width = -1
    with pytest.raises(TypeError, match=r"Widget.width must be int, not str"):
        widget.width = "x"
    with pytest.raises(AttributeError):
        del widget.width
    widget.scale = 2.5
    assert widget.scale == 2.5
    widget.label = "new"
    assert widget.label == "new"
    widget.visible = False
    assert widget.visible is False
    assert widget.is_valid is True
    with pytest.raises(AttributeError):
        widget.is_valid = False
    widget.depth = 4
    assert widget.depth == 4
    assert not hasattr(widget, "getWidth")


def test_properties_of_objects(conduct):
    widget = conduct.Widget()
    origin = widget.origin
    del widget
    gc.collect()
    origin.x = 9
    assert origin.x == 9
    assert origin.y == 0
    one, two = conduct.Widget(), conduct.Widget()
    assert one.parent is None
    one.parent = two
    del two
    gc.collect()
    assert one.parent.width == 1
    one.parent = None
    assert one.parent is None


def test_what_is_no_property(conduct):
    widget = conduct.Widget()
    assert widget.size == 3
    assert widget.getSize() == 6
    assert widget.getaway() == 1
    assert widget.get() == 2
    assert widget.area(2) == 2


def test_what_an_iterator_throws(conduct):
    seen = []
    with pytest.raises(conduct.TornError, match="torn") as caught:
        seen.extend(conduct.Lines())
    assert caught.value.line == 2
    iterator = iter(conduct.Lines())
    assert [next(iterator), next(iterator)] == [0, 1]
    with pytest.raises(conduct.TornError):
        next(iterator)
    assert conduct.TornError(7).line == 7
