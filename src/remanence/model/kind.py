"""What sort of memory an item is, and how far its source is trusted."""

from __future__ import annotations

from enum import StrEnum

from remanence.errors import InvalidInput


class Kind(StrEnum):
    """What sort of memory an item is."""

    UTTERANCE = "utterance"
    FACT = "fact"
    PREFERENCE = "preference"
    EVENT = "event"
    ACTION = "action"
    DECISION = "decision"
    CONCEPT = "concept"
    PROCEDURE = "procedure"
    GOAL = "goal"
    SUMMARY = "summary"

    @classmethod
    def parse(cls, text: str) -> Kind:
        """Read a kind by name; raises InvalidInput that lists the kinds there are."""
        try:
            return cls(text.strip().lower())
        except (AttributeError, ValueError):  # what is no text has no strip
            raise InvalidInput(f"kind {text!r} is not one of: {', '.join(cls)}") from None


class Trust(StrEnum):
    """Whose word a revision rests on; a less trusted source never supersedes a more trusted one."""

    USER = "user"
    AGENT = "agent"
    TOOL = "tool"
    DOCUMENT = "document"
    IMPORT = "import"

    @classmethod
    def parse(cls, text: str) -> Trust:
        """Read a trust by name; raises InvalidInput that lists those there are."""
        try:
            return cls(text)
        except ValueError:
            raise InvalidInput(f"trust {text!r} is not one of: {', '.join(cls)}") from None
