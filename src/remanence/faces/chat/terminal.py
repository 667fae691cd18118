"""The talk at a terminal, or over a pipe: reads lines, prints what was recalled, said and learnt."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from remanence.errors import RemanenceError
from remanence.faces.chat.talk import Learnt, Talk
from remanence.faces.plain import printable
from remanence.model.ids import short
from remanence.model.item import Item

LINE_CHARS = 100  # of an item beside an answer
HELP = "/why what was recalled, /forget ID, /quit"


@dataclass(slots=True)
class Terminal:
    """Where a talk is held; with `as_json`, a JSON object for each turn."""

    talk: Talk
    as_json: bool
    failed: bool = False  # whether some turn came to nothing

    def run(self, lines: Iterator[str]) -> None:
        """Talk until the lines end, or /quit."""
        commands: dict[str, Callable[[str], None]] = {"/why": self._why, "/forget": self._forget}
        for line in lines:
            text = line.strip()
            name, _, rest = text.partition(" ")
            if name == "/quit":
                return
            if not text:
                continue
            try:
                if not name.startswith("/"):
                    self._turn(text)
                elif name in commands:
                    commands[name](rest.strip())
                else:
                    self._say(f"{name} is no command: {HELP}")
            except RemanenceError as error:
                self.failed = True
                sys.stderr.write(f"remanence: {printable(str(error))}\n")

    def _turn(self, text: str) -> None:
        recalled = self.talk.recall(text)
        self._say_items("recalled", recalled)
        pieces = []
        for piece in self.talk.answer(text):
            pieces.append(piece)
            if not self.as_json:
                _write(printable(piece))
        if not self.as_json:
            _write("\n")
        learnt = self.talk.learn()
        self._say_items("learnt", learnt.items)
        self._say_items("forgot", learnt.retired)
        if self.as_json:
            _write(json.dumps(_document(recalled, "".join(pieces), learnt)) + "\n")

    def _why(self, _: str) -> None:
        if not self.talk.hits:
            self._say("nothing was recalled")
        for hit in self.talk.hits:
            self._say(f"  {hit.score:.2f} {_line(hit.item)}\n       {printable(str(hit.why))}")

    def _forget(self, item: str) -> None:
        self._say_items("forgot", [self.talk.forget(item)])

    def _say_items(self, what: str, items: Sequence[Item]) -> None:
        for item in items:
            self._say(f"  {what} {_line(item)}")

    def _say(self, text: str) -> None:
        if not self.as_json:
            _write(f"{text}\n")


def lines_of_input(prompt: str) -> Iterator[str]:
    """Lines as they are typed, each asked for at a terminal; piped ones as they come."""
    if not sys.stdin.isatty():
        yield from sys.stdin
        return
    _write(f"{HELP}\n")
    while True:
        try:
            yield input(prompt)
        except EOFError:
            _write("\n")
            return


def _line(item: Item) -> str:
    text = " ".join(item.content.split())
    shown = text if len(text) <= LINE_CHARS else f"{text[:LINE_CHARS].rstrip()} ..."
    return f"{short(item.id)} {item.said_at:%Y-%m-%d} {printable(shown)}"


def _document(recalled: Sequence[Item], answer: str, learnt: Learnt) -> dict[str, object]:
    return {
        "recalled": [item.id for item in recalled],
        "answer": answer,
        "learnt": [item.id for item in learnt.items],
        "forgot": [item.id for item in learnt.retired],
    }


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
