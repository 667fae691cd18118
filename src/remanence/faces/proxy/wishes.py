"""What a request wants of the memory: whose, whether to read and to write, how much, in which form.

Headers of the proxy's own say it; none of them goes upstream.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args
from urllib.parse import quote, unquote_to_bytes

from remanence.errors import InvalidInput
from remanence.faces.proxy.spans import Document
from remanence.model.hit import Format

Mode: TypeAlias = Literal["on", "off", "read", "write"]
BlockForm: TypeAlias = Literal["text", "markdown", "xml", "json"]

PREFIX = "x-remanence-"
MODE, USER, SESSION, BUDGET, FORM = (
    f"{PREFIX}{name}" for name in ("memory", "user", "session", "budget", "format")
)
USER_FIELDS = ("user", "safety_identifier")  # of a request's body; the second is OpenAI's newer name
NAME_CHARS_MAX = 200  # of a user or a session
MODES: tuple[Mode, ...] = get_args(Mode)
FORMS: tuple[Format, ...] = get_args(BlockForm)


@dataclass(frozen=True, slots=True)
class Wish:
    """What one request wants."""

    reads: bool
    writes: bool
    user: str | None
    session: str | None
    budget_tokens: int
    form: Format


@dataclass(frozen=True, slots=True)
class Habits:
    """What a request wants that says nothing."""

    mode: Mode = "on"
    budget_tokens: int = 2_000
    form: Format = "text"


def wish_of(headers: Mapping[str, str], document: Document | None, habits: Habits) -> Wish:
    """Read a request's headers, and its user field. Raises InvalidInput that names the header.

    A header that is wrong stops the request: to guess would be to remember what was to stay unheard.
    """
    mode = headers.get(MODE, habits.mode).strip().lower()
    if mode not in MODES:
        raise InvalidInput(f"X-Remanence-Memory is {mode!r}, not one of: {', '.join(MODES)}")
    form = headers.get(FORM, habits.form).strip().lower()
    if form not in FORMS:
        raise InvalidInput(f"X-Remanence-Format is {form!r}, not one of: {', '.join(FORMS)}")
    return Wish(
        reads=mode in ("on", "read"),
        writes=mode in ("on", "write"),
        user=_name(headers, USER) or _user_field(document),
        session=_name(headers, SESSION),
        budget_tokens=_budget(headers.get(BUDGET), habits),
        form=FORMS[FORMS.index(form)],
    )


def in_a_header(name: str) -> str:
    """A user's or session's name as a header holds it.

    >>> in_a_header("Évora trip")
    '%C3%89vora trip'
    """
    return quote(name, safe=" !#$&'()*+,/:;=?@[]")


def _user_field(document: Document | None) -> str | None:
    for name in USER_FIELDS if document is not None else ():
        value = document.get(name) if document is not None else None
        if isinstance(value, str) and value.strip():
            return _checked(value.strip(), f"the field {name!r}")
    return None


def _name(headers: Mapping[str, str], header: str) -> str | None:
    value = headers.get(header)
    if value is None:
        return None
    name = f"X-Remanence-{header.removeprefix(PREFIX).title()}"
    try:
        text = unquote_to_bytes(value.encode("latin-1")).decode("utf-8").strip()  # headers come as latin-1
    except UnicodeError:
        raise InvalidInput(f"{name} is {value[:40]!a}; give UTF-8, percent-encoded where not ASCII") from None
    if not text:
        raise InvalidInput(f"{name} is blank; give a name, or leave it out")
    return _checked(text, name)


def _checked(text: str, where: str) -> str:
    if len(text) > NAME_CHARS_MAX:
        raise InvalidInput(f"{where} has {len(text)} characters; NAME_CHARS_MAX is {NAME_CHARS_MAX}")
    if not text.isprintable():
        raise InvalidInput(f"{where} is {text!r}; give a name that can be printed")
    return text


def _budget(given: str | None, habits: Habits) -> int:
    if given is None:
        return habits.budget_tokens
    if not (given.isascii() and given.strip().isdigit() and 0 < int(given[:10]) <= 1_000_000):
        raise InvalidInput(f"X-Remanence-Budget is {given[:40]!r}; give a number of tokens from 1 to 1000000")
    return int(given)


def habits_of(mode: str, budget_tokens: int, form: str) -> Habits:
    """The habits that three options name; raises InvalidInput for a name that is none."""
    if mode not in MODES:
        raise InvalidInput(f"--memory {mode!r} is not one of: {', '.join(MODES)}")
    if form not in FORMS:
        raise InvalidInput(f"--format {form!r} is not one of: {', '.join(FORMS)}")
    return Habits(MODES[MODES.index(mode)], budget_tokens, FORMS[FORMS.index(form)])
