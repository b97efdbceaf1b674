"""Class templates through their instantiations."""


def test_alias(templates):
    box = templates.IntBox(4)
    assert box.get() == 4
    box.set(5)
    assert templates.open(box) == 5
    assert "What is inside" in templates.IntBox.get.__doc__


def test_used_by_a_function(templates):
    box = templates.label("x")
    assert box.get() == "x"
    box.set("y")
    assert box.get() == "y"


def test_values(templates):
    triple = templates.Triple()
    assert triple.size() == 3


def test_function_templates_wait_for_a_list(templates):
    assert not hasattr(templates, "smallest")
