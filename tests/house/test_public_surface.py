"""What `import remanence` offers: complete, documented, and without the weight of what it may never need."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys
from types import ModuleType

import remanence
from remanence.errors import ExtraMissing

HEAVY = (
    *("numpy", "numkong", "onnxruntime", "tokenizers", "dateparser", "rich", "typer", "tiktoken", "onnx"),
    *("openai", "pydantic"),
)
PUBLIC_ATTRIBUTES = {"annotations"}  # bound by `from __future__`, no part of the surface


def exported() -> dict[str, object]:
    return {name: getattr(remanence, name) for name in getattr(remanence, "__all__", ())}


def loaded_by(program: str) -> set[str]:
    """The heavy modules that a fresh interpreter has loaded after the program."""
    ending = "\nimport sys\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program + ending], capture_output=True, text=True, check=True, timeout=60
    )
    return set(HEAVY) & set(done.stdout.split())


def test_all_names_everything_public_and_nothing_else() -> None:
    exported()  # raises AttributeError for a name that is promised and not there
    rooms = {module.name for module in pkgutil.iter_modules(remanence.__path__)}
    bound = {
        name
        for name, value in vars(remanence).items()
        if not name.startswith("_") and not (isinstance(value, ModuleType) and name in rooms)
    }
    assert bound - set(exported()) - PUBLIC_ATTRIBUTES == set()
    assert set(exported()) <= set(dir(remanence))


def test_every_exported_name_has_a_docstring() -> None:
    for name, value in exported().items():
        if inspect.isclass(value) or inspect.isroutine(value):
            assert inspect.getdoc(value), name
            for member, method in inspect.getmembers(value, inspect.isroutine):
                if not member.startswith("_") and member in vars(value):
                    assert inspect.getdoc(method), f"{name}.{member}"


def test_importing_it_loads_nothing_heavy() -> None:
    assert loaded_by("import remanence") == set()


def test_touching_every_exported_name_loads_nothing_heavy() -> None:
    assert (
        loaded_by("import remanence\n[getattr(remanence, n) for n in getattr(remanence, '__all__', ())]")
        == set()
    )


def test_the_cube_and_its_mirror_load_nothing_heavy() -> None:
    rooms = {module.name for module in pkgutil.iter_modules(remanence.__path__)}
    for name in sorted({"cube", "aio", "clock"} & rooms):
        assert loaded_by(f"import remanence.{name}") == set(), name


def test_every_module_can_be_imported_or_says_which_extra_it_needs() -> None:
    lacking = {}
    for module in pkgutil.walk_packages(remanence.__path__, "remanence."):
        if module.name.endswith("__main__"):
            continue
        try:
            importlib.import_module(module.name)
        except ExtraMissing as error:  # an adapter to a package that is not installed
            lacking[module.name] = str(error)
    assert [name for name in lacking if ".compat." not in name] == []
    assert [why for why in lacking.values() if "pip install 'remanence[" not in why] == []
