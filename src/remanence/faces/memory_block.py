"""The text of the system message that brings memory to a model: what it is, and then the context."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from remanence.model.hit import Context


def memory_block(context: Context) -> str | None:
    """The message's text, or None where nothing was recalled; it begins alike in every call."""
    return f"{preface()}\n{context.text}" if context.items else None


@cache
def preface() -> str:
    """What a model is told of the block that follows."""
    return files("remanence.faces").joinpath("memory_preface.txt").read_text("utf-8")
