"""HTML into blocks: the text that a reader of the page would see, never a script or a style sheet.

By the standard library's tokenizer, which every converter for Python builds on; no tree is made, so that
no depth of nesting matters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from remanence.model.item import Json
from remanence.reader.documents.blocks import Block, LeftOut, Parsed, Sort

NESTED_MAX = 24  # lists and tables within each other; deeper ones are read as text
TITLE_CHARS_MAX = 200  # of a heading; what is longer is text, whatever its tag says
DECLARED_BYTES = 2_048  # within which a page names its encoding
_CHARSET = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I
)
_NEVER_DECLARED = (b"utf-16", b"utf-32", b"utf-7")  # who can read the declaration knows that it is wrong
_HEADING = re.compile(r"h([1-6])")
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_UNSEEN = frozenset(
    {"script", "style", "template", "noscript", "svg", "iframe", "object", "canvas", "audio", "video"}
)
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
_BREAKS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "html", "body", "hr", "p", "pre", "div"}) | {
    *(
        "address",
        "article",
        "aside",
        "blockquote",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dl",
        "dt",
    ),
    *("fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "legend", "main", "nav"),
    *("section", "summary"),
}
_WITHIN_HEADINGS = frozenset({"center", "div", "p", "section"})  # which end no heading
_DATES = ("article:modified_time", "dcterms.modified", "article:published_time", "dcterms.date", "date")


def read_html(text: str, *, method: str = "html", lines: bool = True) -> Parsed:
    """The blocks of a page. With `lines`, each block's place in the source; else its number."""
    page = _Page(lines=lines)
    page.feed(text)
    page.close()
    page.end()
    title = " ".join(page.title.split())
    blocks = page.frames[0].flat()
    if title and not any(one.level == 1 and one.title == title for one in blocks):
        first = {"line": 1, "line_end": 1} if lines else {"block": 0}
        blocks.insert(0, Block(title, "heading", first, level=0, title=title))
    return Parsed(
        blocks,
        method,
        author=page.meta.get("author"),
        dated=next((page.meta[name] for name in _DATES if name in page.meta), None),
        left_out=page.left_out,
    )


def declared_charset(data: bytes) -> str | None:
    """The encoding that a page says it is in."""
    found = _CHARSET.search(data[:DECLARED_BYTES])
    if found is None or found.group(1).lower().startswith(_NEVER_DECLARED):
        return None
    return found.group(1).decode("ascii", "replace")


@dataclass(slots=True)
class _Frame:
    """A list or a table in the making, or the page itself: its entries, each the blocks in it."""

    tag: str
    rows: list[list[list[Block]]] = field(default_factory=lambda: [[[]]])
    heads: bool = False  # whether the first row of a table names its columns
    line: int = 1

    def flat(self) -> list[Block]:
        return [block for row in self.rows for cell in row for block in cell]


class _Page(HTMLParser):
    """Listens to the tokens of one page."""

    def __init__(self, *, lines: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.frames = [_Frame("page")]
        self.title = ""
        self.meta: dict[str, str] = {}
        self.left_out: list[LeftOut] = []
        self._lines = lines
        self._count = 0
        self._words: list[str] = []
        self._begun = 1
        self._heading = 0
        self._pre = 0
        self._in_title = False
        self._unseen = ""  # the tag whose text is not seen
        self._unseen_depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._unseen:
            self._unseen_depth += tag == self._unseen
            return
        if tag == "meta":
            self._read_meta(dict(attrs))
        elif self._hides(tag, attrs):
            self._unseen, self._unseen_depth = tag, 1
        elif tag == "title":
            self._in_title = True
        elif tag == "br":
            self._words.append("\n")
        elif tag in ("ul", "ol", "table"):
            self._flush()
            if len(self.frames) < NESTED_MAX:
                self.frames.append(_Frame(tag, [], line=self.getpos()[0]))
        elif tag in ("li", "tr", "td", "th"):
            self._enter(tag)
        elif tag in _BREAKS:
            self._flush()
            heading = _HEADING.fullmatch(tag)
            if heading or tag not in _WITHIN_HEADINGS:
                self._heading = int(heading.group(1)) if heading else 0
            self._pre += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if self._unseen:
            if tag == self._unseen:
                self._unseen_depth -= 1
                if not self._unseen_depth:
                    self._unseen = ""
            return
        if tag == "title":
            self._in_title = False
        elif tag in ("ul", "ol", "table"):
            self._flush()
            if any(frame.tag == tag for frame in self.frames[1:]):
                self._close(tag)
        elif tag in ("li", "tr", "td", "th") or tag in _BREAKS:
            self._flush()
            self._heading = self._heading if tag in _WITHIN_HEADINGS else 0
            self._pre = max(0, self._pre - (tag == "pre"))

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        if self._in_title:
            self.title += data
            return
        if not self._words:
            self._begun = self.getpos()[0]
        self._words.append(data if self._pre else re.sub(r"\s+", " ", data))

    def end(self) -> None:
        """The page is over: close what it left open."""
        if self._unseen and self._unseen not in _UNSEEN:
            self.left_out.append(LeftOut(self._unseen, "it is hidden, and does not end"))
        self._flush()
        while len(self.frames) > 1:
            self._close(self.frames[-1].tag)

    def _hides(self, tag: str, attrs: list[tuple[str, str | None]]) -> bool:
        if tag in _UNSEEN:
            return True
        given = dict(attrs)
        if tag in _VOID or not ("hidden" in given or _HIDING.search(given.get("style") or "")):
            return False
        self.left_out.append(LeftOut(f"line {self.getpos()[0]}" if self._lines else tag, "it is hidden"))
        return True

    def _read_meta(self, given: dict[str, str | None]) -> None:
        name, content = given.get("name") or given.get("property"), given.get("content")
        if name and content and content.strip():
            self.meta.setdefault(name.lower(), content.strip())

    def _enter(self, tag: str) -> None:
        """A new entry of a list, row of a table, or cell of a row."""
        self._flush()
        frame = self.frames[-1]
        if frame.tag == "page" or (tag == "li") == (frame.tag == "table"):
            return
        if tag in ("li", "tr") or not frame.rows:
            frame.rows.append([[]] if tag == "li" else [])
        if tag in ("td", "th"):
            frame.rows[-1].append([])
            frame.heads |= tag == "th" and len(frame.rows) == 1

    def _flush(self) -> None:
        """What was collected becomes a block of its own."""
        text = "".join(self._words)
        self._words = []
        if self._pre:
            text = text.strip("\r\n").rstrip()
        else:
            text = "\n".join(filter(None, (" ".join(part.split()) for part in text.split("\n"))))
        if not text.strip():
            return
        self._count += 1
        place = self._place(self._begun)
        if self._heading and len(text) <= TITLE_CHARS_MAX:
            block = Block(text, "heading", place, level=self._heading, title=text)
        else:
            block = Block(text, "code" if self._pre else "text", place)
        self._put(block)

    def _put(self, *blocks: Block) -> None:
        frame = self.frames[-1]
        if not frame.rows:
            frame.rows.append([[]])
        if not frame.rows[-1]:
            frame.rows[-1].append([])
        frame.rows[-1][-1].extend(blocks)

    def _place(self, begun: int) -> dict[str, Json]:
        if not self._lines:
            return {"block": self._count}
        return {"line": begun, "line_end": max(begun, self.getpos()[0])}

    def _close(self, tag: str) -> None:
        """End the innermost such list or table, with what stands open within it."""
        while len(self.frames) > 1:
            frame = self.frames.pop()
            place = self._place(frame.line)
            made = _listed(frame, place) if frame.tag != "table" else _tabled(frame, place)
            self._put(*([made] if made else frame.flat()))
            if frame.tag == tag:
                return


def _listed(frame: _Frame, place: dict[str, Json]) -> Block | None:
    """A list as one block; None where it holds more than text, as a list that lays out a page does."""
    entries = [cell for row in frame.rows for cell in row if cell]
    sorts: set[Sort] = {block.sort for cell in entries for block in cell}
    if not entries or sorts & {"heading", "table"}:
        return None
    lines = []
    for number, cell in enumerate(entries, 1):
        mark = f"{number}. " if frame.tag == "ol" else "- "
        text = "\n".join(block.text for block in cell)
        lines.append(mark + text.replace("\n", "\n" + " " * len(mark)))
    return Block("\n".join(lines), "list", place)


def _tabled(frame: _Frame, place: dict[str, Json]) -> Block | None:
    """A table as one block, a line a row; None for one that only lays out a page."""
    rows = [row for row in frame.rows if any(row)]
    plain = all(
        len(cell) <= 1 and all(block.sort == "text" for block in cell) for row in rows for cell in row
    )
    if not plain or max((len(row) for row in rows), default=0) < 2:
        return None
    lines = [" | ".join(" ".join(cell[0].text.split()) if cell else "" for cell in row) for row in rows]
    return Block(
        "\n".join(lines), "table", place, lead=lines[0] + "\n" if frame.heads or len(rows) > 1 else ""
    )
