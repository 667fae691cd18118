"""Which of many patterns may match at a place, told by the characters and the words that stand there.

All of them are followed at once, character by character, as one automaton whose states are made when they
are first reached. Who is ruled out can't match, who is left may. Asked by `language`, `grammar` and `notes`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from remanence.reader.rules.needed import Spoken, bits_of, needed_by_tree
from remanence.reader.rules.pattern_tree import Chars, Choice, Node, Repeat, Sequel, Trees, stand_in

LOOK_CHARS_MAX = 8  # the words rule out most of what is left then; more make many states
WIDE_MIN = 40  # characters of ASCII that a place admits from which it is worth no look: any letter
STATES_MAX = 50_000  # kept; more begin anew

T = TypeVar("T")


@dataclass(eq=False, slots=True)
class _Cell:
    """What is left of a pattern: a part, then the rest; without `node`, it may match whatever follows."""

    node: Node | None
    then: _Cell | None
    number: int
    first: frozenset[_Cell] | None = None  # the characters that it may begin with, or its end; once asked


@dataclass(eq=False, slots=True)
class _State:
    """Everything that may follow the characters read so far."""

    cells: frozenset[_Cell]
    decided: bool  # further characters rule out no more
    onward: dict[str, list[_Cell]] = field(default_factory=dict)  # what each character leads to
    following: dict[str, _State] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class _Left(Generic[T]):
    """What is left of the patterns at a place, by number; and their numbers as bits."""

    every: Mapping[int, T]
    bits: int


class FirstLook(Generic[T]):
    """Patterns, each with what it stands for."""

    def __init__(self, patterns: Sequence[tuple[str, T]], words: Mapping[str, str]) -> None:
        trees = Trees(words)
        self._kept = [one for _, one in patterns]
        self._trees = [trees.of(text) for text, _ in patterns]
        self._spoken = Spoken(lambda number: needed_by_tree(self._trees[number], begins=True))
        self._cells: dict[tuple[int, int], _Cell] = {}
        self._rests: dict[tuple[int, int, int | None], Repeat] = {}
        self._states: dict[frozenset[_Cell], _State] = {}
        self._found: dict[tuple[frozenset[_Cell], bool], _Left[T]] = {}
        self._ends = [_Cell(None, None, number) for number in range(len(patterns))]
        self._begins = [
            _Cell(tree, end, end.number) for tree, end in zip(self._trees, self._ends, strict=True)
        ]
        self._start = self._state(self._begins)

    def at(self, text: str, place: int = 0, *, words: frozenset[str] | None = None) -> Mapping[int, T]:
        """What may match there, in order, by number; `words` are those of the text, where they are known.

        >>> look = FirstLook([("my {pet} is", "a pet"), ("i like", "a taste")], {"pet": "(?:dog|cat)"})
        >>> look.at("My cat is asleep")
        {0: 'a pet'}
        """
        if words is None:
            return self._begun(text, place).every
        return {number: self._kept[number] for number in self.numbers(text, place, words=words)}

    def numbers(
        self, text: str, place: int, *, words: frozenset[str], among: int | None = None
    ) -> Sequence[int]:
        """The numbers of those that may match there, in order; `among` those of these bits, if given."""
        found = self._begun(text, place)
        bits = found.bits if among is None else found.bits & among
        before = text[place - 1 : place] if place else ""
        if before == "_" or before.isalnum():  # no word begins there
            return list(bits_of(bits))
        return self._spoken.among(bits, words) if bits else ()

    def _begun(self, text: str, place: int) -> _Left[T]:
        """What the characters from there on rule out for nobody."""
        state = self._start
        for character in text[place : place + LOOK_CHARS_MAX]:
            if state.decided:
                return self._left(state, ended=False)
            following = state.following.get(character)
            if following is None:
                known = stand_in(character)
                following = state.following.get(known) or self._step(state, known)
                state.following[known] = following
            state = following
        return self._left(state, ended=place + LOOK_CHARS_MAX >= len(text))

    def _left(self, state: _State, *, ended: bool) -> _Left[T]:
        """What is left in a state; where the text has ended, what needs no more of it."""
        found = self._found.get((state.cells, ended))
        if found is None:
            numbers = sorted({cell.number for cell in state.cells if not ended or cell.node is None})
            every = {number: self._kept[number] for number in numbers}
            found = _Left(every, sum(1 << number for number in numbers))
            self._found[state.cells, ended] = found
        return found

    def _step(self, state: _State, character: str) -> _State:
        if len(self._states) > STATES_MAX:
            self._cells.clear()
            self._rests.clear()
            self._states.clear()
            self._found.clear()
            self._start = self._state(self._begins)
        if not state.onward:
            for cell in state.cells:
                if isinstance(cell.node, Chars) and cell.then is not None:
                    for one in cell.node.characters:
                        state.onward.setdefault(one, []).append(cell.then)
        ended = [cell for cell in state.cells if cell.node is None]
        return self._state([*ended, *state.onward.get(character, ())])

    def _state(self, onward: Sequence[_Cell]) -> _State:
        """The state of everything that can be read from here without reading a character."""
        cells = set[_Cell]().union(*map(self._first, onward))
        ended = {cell.number for cell in cells if cell.node is None}
        kept = frozenset(cell for cell in cells if cell.node is None or cell.number not in ended)
        known = self._states.get(kept)
        if known is None:
            known = self._states[kept] = _State(kept, all(cell.node is None for cell in kept))
        return known

    def _first(self, cell: _Cell) -> frozenset[_Cell]:
        """What a cell may begin with."""
        if cell.first is None:
            found: set[_Cell] = set()
            seen: set[_Cell] = set()
            waiting = [cell]
            while waiting:
                one = waiting.pop()
                if one.first is not None:
                    found |= one.first
                elif one.node is None:
                    found.add(one)
                elif isinstance(one.node, Chars):
                    found.add(self._ends[one.number] if len(one.node.characters) >= WIDE_MIN else one)
                elif one not in seen:
                    seen.add(one)
                    waiting += self._opened(one)
            cell.first = frozenset(found)
        return cell.first

    def _opened(self, cell: _Cell) -> list[_Cell]:
        """A part that is no character as the parts that it is made of."""
        node, then = cell.node, cell.then
        assert then is not None, "only an end has nothing after it"
        if isinstance(node, Choice):
            return [self._cell(one, then) for one in node.branches]
        if isinstance(node, Sequel):
            for one in reversed(node.parts):
                then = self._cell(one, then)
            return [then]
        assert isinstance(node, Repeat), node
        if node.most == 0:
            return [then]
        once_more = self._cell(node.part, self._cell(self._rest(node), then))
        return [once_more] if node.least else [once_more, then]

    def _rest(self, node: Repeat) -> Repeat:
        """A repetition after one more time."""
        least, most = max(node.least - 1, 0), None if node.most is None else node.most - 1
        if (least, most) == (node.least, node.most):
            return node
        key = (id(node.part), least, most)
        if key not in self._rests:
            self._rests[key] = Repeat(node.part, least, most)
        return self._rests[key]

    def _cell(self, node: Node, then: _Cell) -> _Cell:
        key = (id(node), id(then))
        cell = self._cells.get(key)
        if cell is None:
            cell = self._cells[key] = _Cell(node, then, then.number)
        return cell
