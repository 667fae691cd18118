"""The tree at the head of errors.py is the tree of its classes."""

from __future__ import annotations

import inspect
import re

from remanence import errors
from remanence.errors import RemanenceError

BRANCH = re.compile(r"^(?P<stem>[│ ]*)(?:├──|└──) (?P<name>\w+) {2,}(?P<meaning>\S.*)$")
STEM_WIDTH = 4  # characters by which one level is indented


def drawn() -> dict[str, str]:
    """Each error's parent, as the docstring draws it."""
    path, parents = ["RemanenceError"], {}
    for line in (errors.__doc__ or "").splitlines():
        if branch := BRANCH.match(line):
            level = len(branch["stem"]) // STEM_WIDTH + 1
            del path[level:]
            parents[branch["name"]] = path[-1]
            path.append(branch["name"])
    return parents


def defined() -> dict[str, type[Exception]]:
    return {
        name: value
        for name, value in vars(errors).items()
        if inspect.isclass(value) and value.__module__ == errors.__name__ and value is not RemanenceError
    }


def test_the_head_draws_every_error_under_its_parent() -> None:
    assert drawn() == {name: error.__bases__[0].__name__ for name, error in defined().items()}


def test_every_error_can_be_caught_as_one_kind_and_says_what_it_means() -> None:
    for name, error in defined().items():
        assert issubclass(error, RemanenceError), name
        assert error.__doc__, name


def test_callers_may_catch_the_builtin_they_expect() -> None:
    assert issubclass(errors.InvalidInput, ValueError)
    assert issubclass(errors.NotFound, LookupError)
    assert issubclass(errors.AmbiguousId, LookupError)
