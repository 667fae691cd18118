"""The house rules that can be read off the source: sizes, names, docstrings, handlers, SQL, layers' manners.

Each test lists every place that breaks its rule. The lists of exceptions may only shrink.
"""

from __future__ import annotations

import ast
import builtins
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "src" / "remanence"
MODULE_LINES_MAX = 400
FUNCTION_LINES_MAX = 50
HEAD_LINES_MAX = 5
LONG_HEADS = {"errors.py"}  # its docstring draws the tree of errors
BROAD_HANDLERS: set[str] = set()  # "path:function" of a handler that stands at a process's edge
BUILTIN_RAISES = {"AttributeError", "SystemExit", "NotImplementedError", "StopIteration", "AssertionError"}

VAGUE = re.compile(
    r"(^|_)(utils?|helpers?|common|misc|managers?|base|handlers?|factory|factories)(_|$)", re.IGNORECASE
)
SQL = re.compile(
    r"\s*(select\s.*\bfrom\b|(insert|replace)\s+(or\s+\w+\s+)?into\b|update\s+\S+\s+set\b|delete\s+from\b"
    r"|(create|alter|drop)\s+(temp\s+|unique\s+|virtual\s+)*(table|index|view|trigger)\b"
    r"|with\s+(recursive\s+)?\S+\s+as\s*\(|pragma\s|savepoint\s|attach\s)",
    re.IGNORECASE | re.DOTALL,
)
WORLD = {"asyncio", "io", "logging", "os", "pathlib", "random", "secrets", "shutil", "socket", "sqlite3"} | {
    "subprocess",
    "tempfile",
    "threading",
    "time",
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One source file of the package."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(PACKAGE).as_posix()

    @property
    def room(self) -> str:
        return self.name.split("/")[0]

    @cached_property
    def source(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source, self.name)

    def functions(self) -> Iterator[Function]:
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    def imports(self) -> Iterator[tuple[str, int]]:
        """The name of each module imported, and the line."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield "." * node.level + (node.module or ""), node.lineno


MODULES = [module for path in sorted(PACKAGE.rglob("*.py")) if (module := Module(path)).source.strip()]


def assert_none(offenders: list[str], rule: str) -> None:
    assert not offenders, f"{rule}:\n  " + "\n  ".join(offenders)


def code_lines(function: Function) -> int:
    """Lines from `def` to the end, without the docstring."""
    total = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return total
    head = function.body[0]
    return total - ((head.end_lineno or head.lineno) - head.lineno + 1)


def is_public(name: str) -> bool:
    return not name.startswith("_")


def test_the_package_is_found() -> None:
    assert len(MODULES) > 5


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    assert_none(
        [str(f.relative_to(PACKAGE)) for f in folders if not (f / "__init__.py").exists()], "no __init__.py"
    )


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    long = [f"{m.name}: {lines}" for m in MODULES if (lines := len(m.source.splitlines())) > MODULE_LINES_MAX]
    assert_none(long, f"modules over {MODULE_LINES_MAX} lines")


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{m.name}:{f.lineno} {f.name}: {code_lines(f)}"
        for m in MODULES
        for f in m.functions()
        if code_lines(f) > FUNCTION_LINES_MAX
    ]
    assert_none(long, f"functions over {FUNCTION_LINES_MAX} lines, docstrings not counted")


def test_names_say_what_they_know() -> None:
    vague_files = [m.name for m in MODULES if any(VAGUE.search(part) for part in m.name[:-3].split("/"))]
    vague_classes = [
        f"{m.name}:{node.lineno} {node.name}"
        for m in MODULES
        for node in ast.walk(m.tree)
        if isinstance(node, ast.ClassDef) and VAGUE.search(re.sub(r"(?<!^)(?=[A-Z])", "_", node.name))
    ]
    assert_none(vague_files + vague_classes, "names that would fit anything")


def test_every_module_opens_by_saying_what_it_knows() -> None:
    offenders = []
    for module in MODULES:
        head = ast.get_docstring(module.tree)
        if head is None:
            offenders.append(f"{module.name}: no docstring")
        elif len(head.splitlines()) > HEAD_LINES_MAX and module.name not in LONG_HEADS:
            offenders.append(f"{module.name}: {len(head.splitlines())} lines")
    assert_none(offenders, f"module docstrings of 1 to {HEAD_LINES_MAX} lines are missing")


def documented_by_a_port() -> set[str]:
    """Methods that a Protocol of the package documents: its engines need not say it again."""
    return {
        method.name
        for module in MODULES
        for port in ast.walk(module.tree)
        if isinstance(port, ast.ClassDef) and any(ast.unparse(base) == "Protocol" for base in port.bases)
        for method in port.body
        if isinstance(method, Function) and ast.get_docstring(method)
    }


def test_every_public_function_and_class_has_a_docstring() -> None:
    offenders = []
    of_ports = documented_by_a_port()
    for module in MODULES:
        holders = [module.tree, *(n for n in ast.walk(module.tree) if isinstance(n, ast.ClassDef))]
        for holder in holders:
            if isinstance(holder, ast.ClassDef) and not is_public(holder.name):
                continue
            offenders += [
                f"{module.name}:{node.lineno} {node.name}"
                for node in holder.body
                if isinstance(node, Function | ast.ClassDef)
                and is_public(node.name)
                and ast.get_docstring(node) is None
                and not (isinstance(holder, ast.ClassDef) and node.name in of_ports)
                and not any(ast.unparse(d).endswith((".setter", "overload")) for d in node.decorator_list)
            ]
    assert_none(offenders, "public names without a docstring")


def test_every_parameter_and_result_is_typed_and_none_is_any() -> None:
    offenders = []
    for module in MODULES:
        for function in module.functions():
            arguments = function.args
            named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            named = [a for a in named if a.arg not in ("self", "cls")]
            rest = [a for a in (arguments.vararg, arguments.kwarg) if a is not None]
            hints = [a.annotation for a in [*named, *rest]] + [function.returns]
            if any(hint is None or re.search(r"\bAny\b", ast.unparse(hint)) for hint in hints):
                offenders.append(f"{module.name}:{function.lineno} {function.name}")
    assert_none(offenders, "signatures with a missing hint or an Any")


def broad_handlers(module: Module) -> Iterator[tuple[str, int]]:
    """`except` of everything that doesn't raise again, and `suppress` of everything; with the function."""
    for function in [module.tree, *module.functions()]:
        name = getattr(function, "name", "")
        for node in ast.iter_child_nodes(function):
            for inner in walk_within(node):
                if isinstance(inner, ast.ExceptHandler):
                    caught = ast.unparse(inner.type) if inner.type else "Exception"
                    raises = any(isinstance(n, ast.Raise) for n in ast.walk(inner))
                    if re.search(r"\b(Base)?Exception\b", caught) and not raises:
                        yield name, inner.lineno
                elif isinstance(inner, ast.Call) and re.fullmatch(
                    r"(contextlib\.)?suppress\(.*\b(Base)?Exception\b.*\)", ast.unparse(inner)
                ):
                    yield name, inner.lineno


def walk_within(node: ast.AST) -> Iterator[ast.AST]:
    """The node and what is below it, without the bodies of functions inside."""
    if isinstance(node, Function):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from walk_within(child)


def test_no_error_vanishes_in_a_broad_handler() -> None:
    found = {
        f"{m.name}:{function}": f"{m.name}:{line} {function}"
        for m in MODULES
        for function, line in broad_handlers(m)
    }
    assert_none([where for key, where in found.items() if key not in BROAD_HANDLERS], "broad, mute handlers")
    assert found.keys() >= BROAD_HANDLERS, "strike the exceptions that are no longer needed"


def assembled_text(node: ast.AST) -> str:
    """The text a string expression begins with, as far as it is written in the source."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else "{}"
    if isinstance(node, ast.JoinedStr):
        return "".join(map(assembled_text, node.values))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return assembled_text(node.left) + assembled_text(node.right)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return assembled_text(node.left)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return assembled_text(node.func.value)
    return "{}"


def test_no_sql_is_put_together_in_python() -> None:
    assembled = [
        f"{m.name}:{node.lineno} {assembled_text(node)[:60]!r}"
        for m in MODULES
        for node in ast.walk(m.tree)
        if isinstance(node, ast.JoinedStr | ast.BinOp | ast.Call) and SQL.match(assembled_text(node))
    ]
    assert_none(assembled, "SQL put together by f-strings, +, % or format; bind values instead")


def test_the_model_knows_nothing_of_the_world() -> None:
    offenders = []
    for module in MODULES:
        if not (module.name.startswith("model/") or module.name == "errors.py"):
            continue
        for name, line in module.imports():
            root = name.split(".")[0]
            if root in WORLD or root not in sys.stdlib_module_names | {"remanence"}:
                offenders.append(f"{module.name}:{line} imports {name}")
    assert_none(offenders, "model/ imports the standard library's values only: no I/O, no third party")


def test_time_and_randomness_come_in_as_arguments() -> None:
    reading = re.compile(
        r"(datetime\.)?(datetime|date)\.(now|utcnow|today)|time\.(time|time_ns)|(uuid\.)?uuid[147]"
        r"|random\.\w+|secrets\.\w+|os\.urandom"
    )
    offenders = [
        f"{m.name}:{node.lineno} {ast.unparse(node.func)}"
        for m in MODULES
        if m.path.name != "clock.py"
        for node in ast.walk(m.tree)
        if isinstance(node, ast.Call) and reading.fullmatch(ast.unparse(node.func))
    ]
    assert_none(offenders, "the clock and chance are read in clock.py alone")


def caught_by_room() -> dict[str, set[str]]:
    """The names of the errors that each room handles itself: they may be raised within it."""
    caught: dict[str, set[str]] = {}
    for module in MODULES:
        names = caught.setdefault(module.room, set())
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ExceptHandler) and node.type:
                names |= set(re.findall(r"\w+", ast.unparse(node.type)))
    return caught


def test_errors_that_leave_a_room_come_from_errors_py_alone() -> None:
    caught = caught_by_room()
    exceptions = {
        n for n, v in vars(builtins).items() if isinstance(v, type) and issubclass(v, BaseException)
    }
    raised = [
        f"{m.name}:{node.lineno} raises {name}"
        for m in MODULES
        for node in ast.walk(m.tree)
        if isinstance(node, ast.Raise) and node.exc is not None
        for name in [ast.unparse(node.exc.func if isinstance(node.exc, ast.Call) else node.exc)]
        if name in exceptions - BUILTIN_RAISES - caught[m.room]
    ]
    defined = [
        f"{m.name}:{node.lineno} defines {node.name}"
        for m in MODULES
        if m.name != "errors.py"
        for node in ast.walk(m.tree)
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) in exceptions for base in node.bases)
    ]
    assert_none(raised + defined, "errors of our own that are not in remanence.errors")
