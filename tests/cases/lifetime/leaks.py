import os
import pathlib
import re
import subprocess
import sys

import pytest

PRELUDE = """\
import ctypes, importlib.machinery, importlib.util, sys
loader = importlib.machinery.ExtensionFileLoader("leaks", {path!r})
spec = importlib.util.spec_from_file_location("leaks", {path!r}, loader=loader)
leaks = sys.modules["leaks"] = importlib.util.module_from_spec(spec)
loader.exec_module(leaks)
def leak(value):
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(value))
"""


@pytest.fixture
def report(leaks, tmp_path):
    """What a script has on stderr when it has ended, with the number of its line 1 after the prelude taken off."""
    if leaks.__file__.endswith(".abi3.so"):
        pytest.skip("types for the limited API are not watched")

    def run(script, debug="1"):
        path = pathlib.Path(tmp_path, "script.py")
        path.write_text(PRELUDE.format(path=leaks.__file__) + script)
        environment = {name: value for name, value in os.environ.items() if name != "DOVETAIL_DEBUG"}
        if debug is not None:
            environment["DOVETAIL_DEBUG"] = debug
        done = subprocess.run(
            [sys.executable, str(path)], capture_output=True, text=True, check=False, timeout=60, env=environment
        )
        assert done.returncode == 0, done.stderr
        before = PRELUDE.count("\n")
        text = re.sub(r":(\d+)\)", lambda found: f":{int(found[1]) - before})", done.stderr)
        return text.replace(f"{path}:", "").splitlines()

    return run


USE = """\
class Square(leaks.Shape):
    def name(self):
        return "square"
def use():
    machine = leaks.Machine()
    points = [leaks.make_point(i) for i in range(100)]
    machine.first().label = "screw"
    held = [machine.parts, machine.parts[0], machine.spare, machine.doubler(), iter(leaks.Steps()), Square()]
    machine.parts.append(leaks.Part())
    return machine, points, held, machine.doubler()(2)
kept = use()
class Cycle(leaks.Machine):
    pass
cycle = Cycle()
cycle.itself = [cycle, use()]
half = leaks.Point.__new__(leaks.Point)
"""


def test_nothing_is_said_of_a_script_that_leaks_nothing(report):
    assert report(USE) == []
    assert report(USE + "raise SystemExit\n") == []


@pytest.mark.parametrize("debug", [None, "", "0"])
def test_nothing_is_said_unless_asked(report, debug):
    assert report("leak(leaks.Point())\n", debug) == []


def test_what_leaked_is_named_with_its_place(report):
    script = """\
def make(count):
    return [leaks.make_point(i) for i in range(count)] + [
        leaks.Point(), leaks.Point()]
class Maker:
    def make(self):
        return leaks.Point.__new__(leaks.Point)
for point in make(3):
    leak(point)
leak(Maker().make())
"""
    new_names = sys.version_info >= (3, 11)
    listed = "make.<locals>.<listcomp>" if new_names else "<listcomp>"
    if sys.version_info >= (3, 12):
        listed = "make"
    assert report(script) == [
        "dovetail: 6 objects of module leaks leaked:",
        f"  3  leaks.Point, made in {listed} (2)",
        "  2  leaks.Point, made in make (3)",
        f"  1  leaks.Point, made in {'Maker.make' if new_names else 'make'} (6)",
    ]


@pytest.mark.parametrize(
    ("made", "leaked"),
    [
        ("leaks.Machine().parts", ["leaks.Machine", "leaks.VectorPart"]),
        ("leaks.Machine().parts[0]", ["leaks.Machine", "leaks.Part", "leaks.VectorPart"]),
        ("leaks.Machine().first()", ["leaks.Machine", "leaks.Part"]),
        ("leaks.Machine().doubler()", ["leaks.Machine", "dovetail.function"]),
        ("iter(leaks.Steps())", ["dovetail.iterator", "leaks.Steps"]),
        ("type('Square', (leaks.Shape,), {})()", ["__main__.Square"]),
    ],
)
def test_every_kind_of_object_is_watched(report, made, leaked):
    first, *lines = report(f"leak({made})\n")
    assert first == f"dovetail: {len(leaked)} object{'s' * (len(leaked) > 1)} of module leaks leaked:"
    assert sorted(line.split()[1].rstrip(",") for line in lines) == sorted(leaked)
    assert all(line.endswith("made in <module> (1)") for line in lines)


def test_what_ends_at_the_depth_of_a_long_chain_leaves_nothing_unwatched(report):
    # Below a depth, cells wait to be freed until the outermost is; what is made from their memory is still seen.
    script = """\
def chain(tree):
    while tree.branches:
        tree = tree.branches[0]
    return tree
for _ in range(3):
    chain(leaks.make_tree(200))
for _ in range(100):
    leaks.Tree()
leak(leaks.Tree())
"""
    assert report(script)[1:] == ["  1  leaks.Tree, made in <module> (9)"]


def test_trees_compare_by_value(leaks):
    assert leaks.make_tree(3) == leaks.make_tree(3) != leaks.make_tree(4)
