"""How each rival turns sources into an extension module, with what its manual recommends for a release build.

In: an environment, a folder, C++ sources.  Out: the module in the folder, and what making it cost.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.harness.costs import Cost, measure_command, stripped_kb
from benchmarks.harness.interpreters import Environment
from benchmarks.harness.places import CACHE

FLAGS = ("-O2", "-std=c++20", "-fPIC", "-fvisibility=hidden", "-DNDEBUG")
NANOBIND_FLAGS = ("-DNB_COMPACT_ASSERTIONS", "-fno-stack-protector", "-ffunction-sections", "-fdata-sections")


@dataclass(frozen=True)
class Built:
    module: str
    compile_cpu_s: float
    compile_wall_s: float
    peak_mb: float
    size_kb: float
    compile_instructions_g: float = 0.0
    """In units of 10⁹; 0: not counted."""
    generate_cpu_s: float = 0.0
    """What the route spends before the C++ compiler runs."""
    steps_s: dict[str, float] = field(default_factory=dict)
    """dovetail's own seconds, by step."""

    def as_data(self) -> dict[str, object]:
        return {key: round(value, 3) if isinstance(value, float) else value for key, value in asdict(self).items()}


def compile_module(
    env: Environment,
    folder: Path,
    name: str,
    sources: Sequence[Path | str],
    *,
    flags: Sequence[str] = (),
    link: Sequence[str] = (),
    generated: Cost | None = None,
) -> Built:
    """Compiles and links in one command, as plainly as possible."""
    output = folder / f"{name}{env.suffix}"
    command = ["g++", *FLAGS, f"-I{env.include}", *flags, "-shared", *map(str, sources), "-o", str(output), *link]
    cost = measure_command(command, folder)
    return Built(
        module=name,
        compile_cpu_s=cost.cpu_s,
        compile_wall_s=cost.wall_s,
        peak_mb=cost.peak_mb,
        size_kb=stripped_kb(output),
        compile_instructions_g=cost.instructions_g,
        generate_cpu_s=generated.cpu_s if generated else 0.0,
    )


def build_raw(env: Environment, folder: Path, name: str, sources: Sequence[Path | str], include: Path) -> Built:
    """NumPy's own C API is at hand: the floor of arrays is what NumPy has for its users."""
    return compile_module(env, folder, name, sources, flags=[f"-I{include}", f"-I{env.site}/numpy/_core/include"])


def build_pybind11(env: Environment, folder: Path, name: str, sources: Sequence[Path | str], include: Path) -> Built:
    return compile_module(env, folder, name, sources, flags=[f"-I{include}", f"-I{env.site}/pybind11/include"])


def build_nanobind(env: Environment, folder: Path, name: str, sources: Sequence[Path | str], include: Path) -> Built:
    """Links the static core of nanobind, which is compiled once per environment and not counted."""
    root = env.site / "nanobind"
    flags = [f"-I{include}", f"-I{root}/include", *NANOBIND_FLAGS]
    core = nanobind_core(env)
    return compile_module(env, folder, name, [*sources, core], flags=flags, link=["-Wl,--gc-sections"])


@functools.cache
def nanobind_core(env: Environment) -> Path:
    root, output = env.site / "nanobind", CACHE / f"nanobind-{env.version}.o"
    if not output.exists():
        flags = [f"-I{env.include}", f"-I{root}/include", f"-I{root}/ext/robin_map/include", *NANOBIND_FLAGS]
        source = str(root / "src" / "nb_combined.cpp")
        command = ["g++", *FLAGS, "-fno-strict-aliasing", *flags, "-c", source, "-o", str(output)]
        measure_command(command, CACHE)
    return output


def build_cython(
    env: Environment,
    folder: Path,
    name: str,
    pyx: Path,
    include: Path,
    *,
    sources: Sequence[Path | str] = (),
    binding: bool = True,
) -> Built:
    """`binding=False` gives plain built-in functions: faster, without introspection."""
    source = folder / f"{name}.pyx"
    source.write_text(pyx.read_text())
    output = folder / f"{name}.cpp"
    command: list[str | Path] = [
        env.python,
        "-m",
        "cython",
        "--cplus",
        "-X",
        f"binding={binding}",
        source,
        "-o",
        output,
    ]
    generated = measure_command(command, folder)
    return compile_module(env, folder, name, [output, *sources], flags=[f"-I{include}"], generated=generated)


def build_swig(
    env: Environment, folder: Path, name: str, interface: Path, include: Path, *, sources: Sequence[Path | str] = ()
) -> Built:
    """With `-builtin`: types of the C API instead of Python classes around them."""
    source = folder / f"{name}.i"
    source.write_text(interface.read_text())
    output = folder / f"{name}_swig.cpp"
    command: list[str | Path] = [
        "swig",
        "-c++",
        "-python",
        "-builtin",
        f"-I{include}",
        "-outdir",
        folder,
        "-o",
        output,
        source,
    ]
    generated = measure_command(command, folder)
    built = compile_module(env, folder, f"_{name}", [output, *sources], flags=[f"-I{include}"], generated=generated)
    return Built(**{**asdict(built), "module": name})


def build_boost(env: Environment, folder: Path, name: str, sources: Sequence[Path | str], include: Path) -> Built:
    """Boost.Python exists only for the Python that Debian ships."""
    library = f"-lboost_python{env.tag.replace('.', '')}"
    return compile_module(env, folder, name, sources, flags=[f"-I{include}"], link=[library])


def build_callgrind(env: Environment, folder: Path) -> None:
    """The module through which loops.py talks to callgrind; needs valgrind's headers."""
    source = Path(__file__).with_name("callgrind.c")
    output = folder / f"bench_callgrind{env.suffix}"
    measure_command(["gcc", "-O2", "-fPIC", "-shared", f"-I{env.include}", source, "-o", output], folder)
