"""Real English sentences for measuring speed: the docstrings of the Python that runs this."""

from __future__ import annotations

import ast
import random
import re
import sysconfig
from pathlib import Path

WORDS_MIN, WORDS_MAX = 5, 40
SEED = 7


def sentences() -> list[str]:
    """All distinct sentences in the standard library's docstrings, in a fixed random order."""
    found: dict[str, None] = {}
    for path in sorted(Path(sysconfig.get_paths()["stdlib"]).rglob("*.py")):
        if "site-packages" in path.parts:
            continue
        try:
            tree = ast.parse(path.read_text("utf-8"))
        except (SyntaxError, ValueError):  # the library's own tests hold files that are wrong on purpose
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                found.update(dict.fromkeys(_sentences_of(ast.get_docstring(node) or "")))
    listed = list(found)
    random.Random(SEED).shuffle(listed)
    return listed


def texts(count: int, questions: int) -> tuple[list[str], list[str]]:
    """So many distinct texts to remember, and so many sentences in none of them to ask with."""
    all_of_them = sentences()
    asked, said = all_of_them[:questions], all_of_them[questions:]
    pick = random.Random(SEED + 1)
    seen = dict.fromkeys(said[:count])
    while len(seen) < count:
        seen[f"{pick.choice(said)} {pick.choice(said)}"] = None
    return list(seen), asked


def _sentences_of(text: str) -> list[str]:
    parts = (" ".join(part.split()) for part in re.split(r"(?<=[.!?])\s+|\n\s*\n", text))
    return [part for part in parts if WORDS_MIN <= len(part.split()) <= WORDS_MAX and part[0].isupper()]
