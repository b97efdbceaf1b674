"""Imports one extension in interpreters with a GIL of their own, one after the other and side by side.

Run as `python interpreters.py MODULE FILE`; needs CPython 3.12. Prints the number of imports. Each interpreter makes
what it can of every class, so that types, registries and spares of one are never those of another.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

ROUNDS = 5
SCRIPT = """
import sys
sys.path.insert(0, {folder!r})
from sweep import classes_of, instances_of, load, modules_of
module = load({name!r}, {path!r})
made = []
for space in modules_of(module):
    for cls in classes_of(space):
        try:
            made += instances_of(cls, made)[:2]
        except BaseException:
            pass
del made
"""


def api() -> tuple[Any, Any]:
    """The functions that make and run isolated interpreters, as this version calls them."""
    if sys.version_info >= (3, 13):
        import _interpreters  # type: ignore[import-not-found, unused-ignore]

        return _interpreters, lambda: _interpreters.create("isolated")
    import _xxsubinterpreters

    return _xxsubinterpreters, lambda: _xxsubinterpreters.create(isolated=True)


def visit(script: str, rounds: int, failures: list[str]) -> None:
    module, create = api()
    for _ in range(rounds):
        one = create()
        try:
            failure = module.run_string(one, script)
            if failure is not None:
                failures.append(str(failure))
        except BaseException as error:
            failures.append(repr(error))
        finally:
            module.destroy(one)


def main(name: str, path: str, folder: str) -> int:
    script = SCRIPT.format(folder=folder, name=name, path=path)
    failures: list[str] = []
    visit(script, ROUNDS, failures)
    threads = [threading.Thread(target=visit, args=(script, ROUNDS, failures)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(3 * ROUNDS)
    if failures:
        print("\n".join(failures[:3]), file=sys.stderr)
    return bool(failures)


if __name__ == "__main__":
    from pathlib import Path

    sys.exit(main(sys.argv[1], sys.argv[2], str(Path(__file__).parent)))
