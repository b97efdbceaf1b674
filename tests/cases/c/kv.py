"""Plain C: codes become exceptions, memory goes with its length, handles end when Python lets them go."""

import array
import gc
import pickle
import weakref

import pytest


def test_codes_become_exceptions(kv):
    store = kv.kv_open("short")
    assert kv.kv_put(store, "key", b"value") is None
    with pytest.raises(kv.StoreError) as caught:
        kv.kv_put(store, "a key that is too long", b"value")
    assert caught.value.code == 1
    assert str(caught.value) == "kv_put() failed: 1"
    assert issubclass(kv.StoreError, RuntimeError)


def test_the_message_comes_from_the_first_function_that_fits(kv):
    with pytest.raises(kv.StoreError, match="^that name is too long$") as caught:
        kv.kv_open("a name that is too long")
    assert caught.value.code == 14
    with pytest.raises(kv.StoreError, match="^busy$") as caught:
        kv.kv_pack(bytearray(2), b"four")
    assert caught.value.code == kv.KV_BUSY


def test_what_a_failed_call_made_is_ended(kv):
    gc.collect()
    before = kv.kv_count()
    with pytest.raises(kv.StoreError):
        kv.kv_open("a name that is too long")
    assert kv.kv_count() == before


def test_owned_handles_end(kv):
    gc.collect()
    before = kv.kv_count()
    store = kv.kv_open("one")
    assert kv.kv_count() == before + 1
    del store
    gc.collect()
    assert kv.kv_count() == before
    store = kv.kv_open("two")
    store.kv_close()
    assert kv.kv_count() == before
    with pytest.raises(ReferenceError):
        kv.kv_put(store, "key", b"")
    with pytest.raises(ReferenceError):
        store.kv_close()
    assert kv.kv_count() == before


def test_several_results_are_successes(kv):
    stmt = kv.kv_query(kv.kv_open("rows"), 2)
    assert [kv.kv_step(stmt) for _ in range(3)] == [kv.KV_ROW, kv.KV_ROW, kv.KV_DONE]
    with pytest.raises(kv.StoreError, match="too many steps"):
        kv.kv_step(stmt)
    with pytest.raises(kv.StoreError, match="rows must not be negative"):
        kv.kv_query(kv.kv_open("rows"), -1)


def test_other_results(kv):
    assert kv.kv_seek(7) == 7
    with pytest.raises(kv.StoreError):
        kv.kv_seek(-1)
    assert kv.kv_ready(1) is None
    with pytest.raises(kv.StoreError):
        kv.kv_ready(0)
    assert kv.kv_check(1) is None
    with pytest.raises(kv.StoreError) as caught:
        kv.kv_check(10)
    assert caught.value.code == kv.KV_HIGH
    with pytest.raises(kv.StoreError, match=r"^kv_find\(\) failed$"):
        kv.kv_find("nobody has this name")
    assert kv.kv_packed(10) == 5
    with pytest.raises(kv.PackError) as caught:
        kv.kv_packed(2000)
    assert caught.value.code == 2**64 - 7


def test_exceptions_are_pickled(kv):
    with pytest.raises(kv.StoreError) as caught:
        kv.kv_ready(0)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), again.code, str(again)) == (kv.StoreError, 1, "kv_ready() failed: 1")
    assert kv.StoreError("made here").code == 0


def test_memory_goes_with_its_length(kv):
    expected = kv.kv_checksum(0, b"abc")
    assert kv.kv_checksum(0, bytearray(b"abc")) == expected
    assert kv.kv_checksum(0, memoryview(b"xabc")[1:]) == expected
    assert kv.kv_checksum(7, b"") == 7
    buffer = bytearray(4)
    assert kv.kv_fill(buffer) == 4
    assert buffer == b"xxxx"
    numbers = array.array("d", [0.0, 0.0])
    assert kv.kv_fill(numbers) == 16  # void* is memory of any kind
    assert kv.kv_words("one two") is None
    assert kv.kv_words(b"one\0two three") is None


def test_memory_that_does_not_fit_is_refused(kv):
    with pytest.raises(TypeError, match="kv_checksum"):
        kv.kv_checksum(0, "text")
    with pytest.raises(TypeError, match="bytes are expected"):
        kv.kv_checksum(0, array.array("d", [1.0]))
    with pytest.raises(BufferError):
        kv.kv_checksum(0, memoryview(b"abcd")[::2])
    with pytest.raises(BufferError):
        kv.kv_fill(b"read only")
    with pytest.raises(TypeError):
        kv.kv_fill(None)
    with pytest.raises(TypeError):
        kv.kv_words(3)


def test_a_length_comes_back(kv):
    dest = bytearray(8)
    assert kv.kv_pack(dest, b"four") == 4
    assert dest == b"four\0\0\0\0"


def test_addresses_are_only_handed_on(kv):
    item = kv.kv_item()
    assert item.context is None
    assert kv.kv_context(item) is None
    here = kv.kv_here()
    assert type(here).__name__ == "PyCapsule"
    kv.kv_set_context(item, here)
    assert kv.kv_context(item) is not None
    item.context = None
    assert kv.kv_context(item) is None
    for wrong in (3, b"bytes", object(), "text"):
        with pytest.raises(TypeError):
            kv.kv_set_context(item, wrong)
        with pytest.raises(TypeError):
            item.context = wrong


def test_callbacks_with_addresses(kv):
    seen = []
    kv.kv_notify(lambda context, text: seen.append((context is None, text)))
    assert seen == [(True, "nothing"), (False, "items")]


def test_memory_without_a_length_is_not_bound(kv):
    assert not hasattr(kv, "kv_read_all")


def test_memory_with_a_destructor_is_a_copy_of_its_own(kv):
    data = bytearray(b"value")
    kv.kv_keep_data(data, 1)
    data[:] = b"other"
    assert kv.kv_kept_sum() == kv.kv_checksum(0, b"value")
    data.append(0)  # nothing looks into it any more
    kv.kv_keep_text(kv.kv_open("one"), "gr\xfcn")
    assert kv.kv_kept_sum() == kv.kv_checksum(0, "gr\xfcn".encode())
    kv.kv_keep_unnamed(b"")
    assert kv.kv_kept_sum() == 0
    kv.kv_keep_name("name")
    assert kv.kv_kept_sum() == kv.kv_checksum(0, b"name")
    with pytest.raises(ValueError, match="null"):
        kv.kv_keep_name("na\0me")
    with pytest.raises(TypeError, match="kv_keep_data"):
        kv.kv_keep_data("text", 1)
    kv.kv_drop()


class Mark:
    """Something that weak references can watch."""


def test_user_data_with_a_destructor_is_any_object(kv):
    mark = Mark()
    watch = weakref.ref(mark)
    kv.kv_keep_pointer(mark, "mark")
    del mark
    gc.collect()
    assert kv.kv_kept_pointer() is watch() is not None
    kv.kv_keep_pointer(None, "nothing")
    assert watch() is None
    assert kv.kv_kept_pointer() is None
    # An argument that is refused: nothing was handed over.
    mark = Mark()
    watch = weakref.ref(mark)
    with pytest.raises(TypeError):
        kv.kv_keep_pointer(mark, 3)
    del mark
    gc.collect()
    assert watch() is None


def test_a_callback_lives_until_its_destructor_is_called(kv):
    mark = Mark()
    watch = weakref.ref(mark)
    kv.kv_keep_call(lambda x, mark=mark: x + 1)
    del mark
    gc.collect()
    assert kv.kv_call(4) == 5
    assert watch() is not None
    kv.kv_drop()
    gc.collect()
    assert watch() is None
    assert kv.kv_call(4) == -1


def test_a_destructor_may_drop_its_own_callback(kv):
    kv.kv_keep_call(lambda x: (kv.kv_drop(), x)[1])
    assert kv.kv_call(7) == 7
    assert kv.kv_call(7) == -1


@pytest.mark.parametrize("what", ["raw", "rows"])
def test_memory_that_c_may_write_to_is_not_handed_over(kv, what):
    assert not hasattr(kv, f"kv_keep_{what}")


def test_a_callback_beside_text_is_no_destructor(kv):
    seen = []
    assert kv.kv_visit("text", lambda: seen.append(1)) is None
    assert seen == [1]


def test_callbacks_get_what_belongs_together(kv):
    seen = []
    kv.kv_each(lambda values, names: seen.append((values, names)) or 0)
    assert seen == [(("one", "two"), ("first", "second")), (("one", None), ("first", "second"))]
    kv.kv_lines(seen.append)
    assert seen[2:] == ["one", ""]
    del seen[:]
    kv.kv_start(lambda name, attributes: seen.append((name, attributes)))
    assert seen == [("row", ("id", "7")), ("end", ())]
    assert kv.kv_compare(lambda a, b: len(a) - len(b) if (a, b) == (b"abc", b"") else 99) == 3
    with pytest.raises(TypeError, match="must return int, not str"):
        kv.kv_each(lambda values, names: "text")


def test_objects_in_a_list_are_lent(kv):
    kept = []

    def add(store, values):
        kept.append(values)
        assert store is None
        assert values[2] is None
        return kv.kv_value_int(values[0]) + kv.kv_value_int(values[1])

    assert kv.kv_define(add, 5) == 15
    for value in kept[0][:2]:
        with pytest.raises(ReferenceError):
            kv.kv_value_int(value)
    with pytest.raises(ZeroDivisionError):
        kv.kv_define(lambda store, values: 1 // 0, 5)


def test_another_function_says_how_long_a_result_is(kv):
    seen = []
    kv.kv_with_row(lambda row: seen.extend((kv.kv_column(row, 0), kv.kv_column(row, 9), kv.kv_column_size(row, 0))))
    assert seen == [b"a\0b", b"", 3]


def test_text_by_rule(kv):
    assert kv.kv_latin("gr\xfcn") == "gr\xfcn"
    assert kv.kv_latin("x") is None
    assert kv.kv_wide("\u20acx") == ("\u20acx", "x")
    assert kv.kv_wide("") == ("", None)
    assert kv.kv_wide_swapped() == "gr\xfcn"
    with pytest.raises(ValueError, match="null"):
        kv.kv_wide("a\0b")
    with pytest.raises(TypeError):
        kv.kv_wide(b"ab")
    seen = []
    kv.kv_wide_each(lambda *given: seen.append(given))
    assert seen == [("a\u20ac", 4)]


def test_what_is_handed_out_is_freed(kv):
    assert kv.kv_copy_of("text") == "text"
    assert kv.kv_complain(0) is None
    assert kv.kv_complain(1) == "it went wrong"
    with pytest.raises(kv.StoreError):
        kv.kv_complain(2)
    assert kv.kv_word(1) == ("one", 3)
    assert kv.kv_word(0) == ("", 0)
    assert kv.kv_table(0) == (("id", "name", "1", None), 1, 2)
    with pytest.raises(kv.StoreError):
        kv.kv_table(-1)
    assert kv.kv_left() == 0


def test_results_that_are_the_callers(kv):
    assert kv.kv_describe(1) == "it"
    with pytest.raises(kv.StoreError):
        kv.kv_describe(0)
    buffer = bytearray(4)
    assert kv.kv_describe_into(buffer) == "x"
    assert kv.kv_describe_into(buffer[:1]) is None
    assert kv.kv_desc_name() == kv.kv_items().name
    assert kv.kv_plain_copy() == "c"
    assert kv.kv_encode() == (b"a\nb\0", 4)
    assert kv.kv_left() == 0
    with pytest.raises(ValueError, match="null pointer"):
        kv.kv_ramp(100)
    with pytest.raises(ValueError, match="length -1"):
        kv.kv_samples(-1)
    assert kv.kv_ramp(0).tolist() == []
    assert kv.kv_left() == 0


def test_memory_that_is_the_callers_lasts_as_long_as_its_views(kv):
    ramp = kv.kv_ramp(8)
    samples, count = kv.kv_samples(3)
    assert samples.tolist() == [0, 1, 2]
    assert count == 3
    with pytest.raises(kv.StoreError):
        kv.kv_checked_ramp(9)
    assert kv.kv_checked_ramp(2).tolist() == [0, 1]
    tail = ramp[6:]
    tail[0] = -1
    del ramp, samples
    assert tail.tolist() == [-1, 7]
    assert kv.kv_left() == 1
    del tail
    assert kv.kv_left() == 0


def test_printing_takes_finished_text(kv):
    kv.kv_log(1, text="100%s %n")
    assert kv.kv_items().name == "100%s %n"
    kv.kv_vlog("%d")
    assert kv.kv_items().name == "%d"
    buffer = bytearray(4)
    assert kv.kv_snprintf(buffer, "%s%s%s") == 6
    assert buffer == b"%s%\0"
    with pytest.raises(BufferError):
        kv.kv_snprintf(b"read only", "text")


def test_further_arguments_by_rule(kv):
    assert kv.kv_configure(7, 3, 1.5) == (4, 7)
    assert kv.kv_configure(what=0, value=2, scale=2.0) == (4, 0)
    with pytest.raises(TypeError):
        kv.kv_configure(7, "text", 1.5)
    assert not hasattr(kv, "kv_sscanf")
    assert not hasattr(kv, "kv_sum")


def test_several_numbers_say_how_long_an_array_is(kv):
    assert kv.kv_write(b"123456", 3, 2) == 6
    assert kv.kv_write(bytearray(100), 3, 2) == 6
    assert kv.kv_write(b"", 0, 2**64 - 1) == 0
    for size, nitems in ((4, 2), (2**63, 2), (2**32, 2**32)):
        with pytest.raises(ValueError, match="at least"):
            kv.kv_write(b"123456", size, nitems)


def test_arrays_of_text(kv):
    assert kv.kv_join(["one", "gr\xfcn"]) == 8
    assert kv.kv_join(()) == 0
    assert kv.kv_pairs(1, ["key", "value"]) == 5
    with pytest.raises(ValueError, match="at least 4 elements are needed, not 2"):
        kv.kv_pairs(2, ["key", "value"])
    with pytest.raises(ValueError, match="at least"):
        kv.kv_pairs(-1, ["key", "value"])
    for wrong in ("text", [3], [None], 3):
        with pytest.raises(TypeError):
            kv.kv_join(wrong)


def test_an_object_keeps_what_c_looks_at(kv):
    item = kv.kv_item()
    window = bytearray(b"window!!")
    kv.kv_attach(item, window)
    with pytest.raises(BufferError):
        window.append(0)
    del window
    gc.collect()
    assert kv.kv_attached(item) == ord("w")
    with pytest.raises(ValueError, match="8 elements"):
        kv.kv_attach(item, bytearray(7))


def test_functions_are_bound_and_not_the_macros_of_their_names(kv):
    assert kv.kv_peek(1000) == 1000
    assert kv.kv_begin_(3) == 3
    assert not hasattr(kv, "kv_begin")
