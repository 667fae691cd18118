"""The forms in which a context can be written; in each, what was remembered stays inside its own entry.

A layout writes sections, each a title and entries in order; None among the entries says that turns in
between were left out. Item text is escaped, so that it can neither close the block nor pass for more of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias
from xml.sax.saxutils import escape, quoteattr

from remanence.model.item import Item
from remanence.model.kind import Kind

CONTINUED = "\n    "  # a further line of the same item
_LINE_BREAKS = re.compile(r"\s*[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+\s*")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~])")


Entry: TypeAlias = Callable[[Item], str]  # a layout's own `entry`, or what remembers what that gave


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a context: a day ("Sunday, 2026-03-01"), or what stands there always."""

    title: str
    entries: tuple[Item | None, ...]


class Layout(Protocol):
    """One form. What `entry` and `title` give is what they cost; `whole` is the text itself."""

    def title(self, title: str) -> str:
        """A section's title as it stands in the text."""
        ...

    def entry(self, item: Item) -> str:
        """An item as it stands in the text."""
        ...

    def whole(self, sections: Sequence[Section], entry: Entry) -> str:
        """The whole text; of no sections, what is around them."""
        ...


class Plain:
    """Lines within one <memory> block."""

    gap = "  ..."

    def title(self, title: str) -> str:
        return f"[{title}]"

    def entry(self, item: Item) -> str:
        return f"({item.citation}) {_inline(_speaker(item))}: {_inline(item.content, CONTINUED)}"

    def whole(self, sections: Sequence[Section], entry: Entry) -> str:
        lines = ["<memory>"]
        for section in sections:
            lines.append(self.title(section.title))
            lines += [self.gap if item is None else entry(item) for item in section.entries]
        return "\n".join([*lines, "</memory>"])


class Markdown:
    """A heading for each section, and a list of what it holds."""

    def title(self, title: str) -> str:
        return f"### {title}\n"

    def entry(self, item: Item) -> str:
        speaker, said = (_markdown(text) for text in (_speaker(item), item.content))
        return f"- **{speaker}:** {said} `{item.citation}`"

    def whole(self, sections: Sequence[Section], entry: Entry) -> str:
        lines = ["## Memory"]
        for section in sections:
            lines += ["", self.title(section.title)]
            lines += ["- ..." if item is None else entry(item) for item in section.entries]
        return "\n".join(lines)


class Xml:
    """Well-formed XML."""

    def title(self, title: str) -> str:
        return f"<section title={quoteattr(title)}>"

    def entry(self, item: Item) -> str:
        by, kind = quoteattr(_xml(item.author)), quoteattr(item.kind.value)
        return f'<item id="{item.citation}" by={by} kind={kind}>{escape(_xml(item.content))}</item>'

    def whole(self, sections: Sequence[Section], entry: Entry) -> str:
        lines = ["<memory>"]
        for section in sections:
            lines.append(self.title(section.title))
            lines += ["<gap/>" if item is None else entry(item) for item in section.entries]
            lines.append("</section>")
        return "\n".join([*lines, "</memory>"])


class Json:
    """One JSON object: {"memory": [{"title": ..., "items": [...]}]}."""

    def title(self, title: str) -> str:
        return _json({"title": title, "items": []})

    def entry(self, item: Item) -> str:
        return _json(self._document(item))

    def whole(self, sections: Sequence[Section], entry: Entry) -> str:
        listed = [
            {"title": section.title, "items": [self._document(item) for item in section.entries if item]}
            for section in sections
        ]
        return _json({"memory": listed})

    def _document(self, item: Item) -> dict[str, str]:
        return {
            "id": item.citation,
            "said_at": item.said_at.isoformat(),
            "by": item.author,
            "kind": item.kind.value,
            "text": item.content,
        }


class Chat:
    """A JSON list of system messages, one a section; what stands there always is the first."""

    _plain = Plain()

    def title(self, title: str) -> str:
        return _json(self._message(Section(title, ())))

    def entry(self, item: Item) -> str:
        return _json(self._plain.entry(item))

    def whole(self, sections: Sequence[Section], entry: Entry) -> str:
        return _json([self._message(section) for section in sections])

    def _message(self, section: Section) -> dict[str, str]:
        return {"role": "system", "content": self._plain.whole([section], self._plain.entry)}


LAYOUTS: dict[str, Layout] = {
    "text": Plain(),
    "markdown": Markdown(),
    "xml": Xml(),
    "chat": Chat(),
    "json": Json(),
}


def _speaker(item: Item) -> str:
    return item.author if item.kind is Kind.UTTERANCE else item.kind.value


def _inline(text: str, line_break: str = " ") -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    if escaped.isprintable():  # most are: then there is neither a line break nor a control character
        return escaped.strip()
    return _CONTROL.sub("", _LINE_BREAKS.sub(line_break, escaped.strip()))


def _markdown(text: str) -> str:
    return _CONTROL.sub("", _LINE_BREAKS.sub(" ", _MARKDOWN.sub(r"\\\1", text.strip())))


def _xml(text: str) -> str:
    return _NO_XML.sub("", text.strip())


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
