"""Which of the messages that an agent passes a session already holds.

Agents pass the whole growing list, or a window cut from it, with or without ids and times. Pure: takes
the session's turns and the messages, decides nothing about storage. Asked by the cube's `observe`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from remanence.errors import InvalidInput
from remanence.reader.messages import Message
from remanence.reader.runs import OTHER, WILD, common_runs, contained_run, longest_overlap

# A run in the middle of the session is known, not said again, from so many messages or characters on:
# "ok", "thanks" and a greeting with its answer are said again, three turns in a row hardly ever.
CHANCE_MESSAGES_MAX = 2
CHANCE_CHARS_MAX = 100
# What is left of a blanked text is known again by so many characters, or by its length from so many on:
# that a new message has by chance the length of the session's last, all but blanked turn is rare enough.
LEFT_CHARS_MIN = 4
BLANKED_CHARS_MIN = 12
EDITED_RUN_MAX = 3  # neighbouring messages without ids that count as edited; more are another talk

_OUTSIDE_ORDER = ("system", "developer")


class Place(NamedTuple):  # made sooner than a dataclass, and a long session has thousands
    """A turn that the session holds; an erased one is a place without text.

    `said_at` is None where the message named no time of its own. `author` is compared with the
    message's as it is, so resolve names in the same way on both sides. Where passages of the text were
    taken out, `blank` is the character that stands for each of theirs.
    """

    role: str
    author: str | None
    text: str | None
    said_at: datetime | None = None
    message_id: str | None = None
    blank: str | None = None


@dataclass(frozen=True, slots=True)
class Alignment:
    """What each given message is: a known place, an edit of one, or new."""

    places: tuple[int | None, ...]  # for each message the index of its place in `known`, where it has one
    new: tuple[int, ...]  # indexes of messages to add, in order
    changed: tuple[int, ...]  # indexes of messages that are a new revision of their place


def align(known: Sequence[Place], given: Sequence[Message], *, whole: bool = True) -> Alignment:
    """Align messages with the turns of their session, in order; `known` may be its tail.

    Matched are, in this order: equal message ids; the longest beginning of the list that ends the
    session; and else runs of equal messages in the same order, where a run is long enough not to be
    chance. An erased turn is known again by its id or its time, a blanked one by what is left of it too,
    and else by its neighbours alone. Leading system messages stand outside of the order, since agents
    put them before every window.

    With a tail pass `whole=False`, and include in it the session's system turns and those whose ids are
    among the messages': one of twice as many turns as there are messages finds every window that reaches
    the session's end. A message that is neither new nor in `places` is known too: it lies before the
    tail, or repeats an id in the list. Takes time in proportion to both lengths. Raises InvalidInput
    when two different messages of the list bear the same id.

    >>> said = [Place("user", None, "hi"), Place("assistant", None, "hello")]
    >>> align(said, [Message("user", "hi"), Message("assistant", "hello"), Message("user", "bye")]).new
    (2,)
    """
    pairs, repeated = _same_ids(known, given)
    if len(pairs) + len(repeated) < len(given):
        pairs = _with_order(known, given, pairs)
        pairs.update(_edited(known, given, pairs))
        pairs.update(_system(known, given, pairs))
        if not whole:
            repeated |= _before_tail(known, given, pairs)
    new = tuple(i for i in range(len(given)) if i not in pairs and i not in repeated)
    kept = ((i, known[p]) for i, p in sorted(pairs.items()) if not _lost(known[p]))
    changed = tuple(i for i, place in kept if place.text != given[i].content)
    return Alignment(tuple(pairs.get(i) for i in range(len(given))), new, changed)


def _same_ids(known: Sequence[Place], given: Sequence[Message]) -> tuple[dict[int, int], set[int]]:
    """Message to place by equal ids, and the messages that repeat an id in the list."""
    places = {place.message_id: p for p, place in enumerate(known) if place.message_id is not None}
    first: dict[str, int] = {}
    pairs: dict[int, int] = {}
    repeated: set[int] = set()
    for i, message in enumerate(given):
        if message.message_id is None:
            continue
        earlier = first.setdefault(message.message_id, i)
        if earlier != i:
            before = given[earlier]
            if (before.role, before.author, before.content) != (
                message.role,
                message.author,
                message.content,
            ):
                raise InvalidInput(
                    f"messages {earlier} and {i} differ and bear one id {message.message_id!r}; "
                    "give each its own, or pass an edit in a call of its own"
                )
            repeated.add(i)
        elif message.message_id in places:
            pairs[i] = places[message.message_id]
    return pairs, repeated


def _with_order(known: Sequence[Place], given: Sequence[Message], by_id: Mapping[int, int]) -> dict[int, int]:
    """The pairs by id, and those that the order of both sequences adds."""
    places = [p for p, place in enumerate(known) if place.role not in _OUTSIDE_ORDER]
    messages = [i for i, message in enumerate(given) if message.role not in _OUTSIDE_ORDER]
    place_symbols, message_symbols = _symbols(known, given, places, messages)

    def may_be(a: int, b: int) -> bool:
        return _agree(known[places[a]], given[messages[b]])

    def paired(run: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        return [(messages[b], places[a]) for a, b in run if may_be(a, b)]

    best = paired(longest_overlap(place_symbols, message_symbols, may_be))
    if len(best) < min(len(places), len(messages)):
        inside = [contained_run(place_symbols, message_symbols, may_be)]
        for runs in (inside, common_runs(place_symbols, message_symbols, may_be)):
            told = [pair for run in map(paired, runs) if _tells(known, given, run) for pair in run]
            best = max(best, told, key=len)
    pairs = dict(by_id)
    taken = set(by_id.values())
    pairs.update((i, p) for i, p in best if i not in pairs and p not in taken)
    return pairs


def _symbols(
    known: Sequence[Place], given: Sequence[Message], places: Sequence[int], messages: Sequence[int]
) -> tuple[list[int], list[int]]:
    """A number for each place and message, equal where both are the same turn; else WILD for lost places.

    Ids and times make two turns different only where both have one, which no number can say. So they
    count where all have them or the other side's are known, and `_agree` decides in the end.
    """
    all_timed = all(known[p].said_at for p in places) and all(given[i].said_at for i in messages)
    known_ids = {known[p].message_id for p in places}
    given_ids = {given[i].message_id for i in messages}
    both_ids = (known_ids & given_ids) - {None}
    numbers: dict[object, int] = {}

    def key(turn: Place | Message, text: str | None, ids_there: set[str | None]) -> tuple[object, ...]:
        if turn.message_id in both_ids or (turn.message_id is not None and None not in ids_there):
            return (turn.message_id,)
        return (turn.role, turn.author, text, turn.said_at if all_timed else None)

    keys = [key(given[i], given[i].content, known_ids) for i in messages]
    message_numbers = [numbers.setdefault(one, len(numbers)) for one in keys]
    texts = {given[i].content for i in messages}
    place_numbers = []
    for p in places:
        place = known[p]
        if place.message_id in both_ids:
            place_numbers.append(numbers[place.message_id,])
        elif _lost(place):
            place_numbers.append(WILD)
        elif place.text not in texts:  # as most, of a long session
            place_numbers.append(OTHER)
        else:
            place_numbers.append(numbers.get(key(place, place.text, given_ids), OTHER))
    if WILD not in place_numbers:
        return place_numbers, message_numbers
    return _with_what_is_left(known, given, places, messages, place_numbers, message_numbers)


def _with_what_is_left(
    known: Sequence[Place],
    given: Sequence[Message],
    places: Sequence[int],
    messages: Sequence[int],
    place_numbers: Sequence[int],
    message_numbers: Sequence[int],
) -> tuple[list[int], list[int]]:
    """The numbers, where a lost place has one with all messages that it is known by; `_agree` decides."""
    alike: dict[object, list[int]] = defaultdict(list)  # of messages, by their time and by their length
    for b, i in enumerate(messages):
        alike[given[i].role, given[i].author, given[i].said_at].append(b)
        alike[given[i].role, given[i].author, len(given[i].content)].append(b)
    kept_times = {(known[p].role, known[p].author, known[p].said_at) for p in places if not _lost(known[p])}
    same: dict[int, int] = {}

    def one(number: int) -> int:
        while number in same:
            number = same[number]
        return number

    def joined(found: Sequence[int]) -> int:
        numbers = {one(message_numbers[b]) for b in found}
        first = min(numbers, default=WILD)
        same.update((number, first) for number in numbers if number != first)
        return first

    told: dict[object, int] = {}
    new_numbers = list(place_numbers)
    for a, place in enumerate(known[p] for p in places):
        if place_numbers[a] != WILD:
            continue
        time = (place.role, place.author, place.said_at)
        by_time = place.said_at is not None and time not in kept_times
        key = time if place.text is None else place
        if key not in told:
            found = alike[time] if by_time else []
            if place.text is not None:
                found = found + alike[place.role, place.author, len(place.text)] * _is_pattern(place)
                found = [b for b in found if _agree(place, given[messages[b]])]
            told[key] = joined(found)
        new_numbers[a] = told[key]
    new_numbers = [number if number == WILD else one(number) for number in new_numbers]
    return new_numbers, [one(number) for number in message_numbers]


def _lost(place: Place) -> bool:
    """Whether some or all of its words were erased."""
    return place.text is None or place.blank is not None


def _is_pattern(place: Place) -> bool:
    """Whether what is left of a blanked text tells it from others."""
    if place.text is None or place.blank is None:
        return False
    left = len(place.text) - place.text.count(place.blank)
    return left >= LEFT_CHARS_MIN or len(place.text) >= BLANKED_CHARS_MIN


def _has_words(place: Place, text: str) -> bool:
    """Whether the text may be the place's: all of it, or all that was left."""
    if place.text is None or place.blank is None:
        return place.text in (None, text)
    at = 0
    for piece in place.text.split(place.blank):
        if not text.startswith(piece, at):
            return False
        at += len(piece) + 1
    return len(text) == len(place.text)


def _agree(place: Place, message: Message) -> bool:
    """Whether the message may be that turn, told by whatever both sides know of it."""
    if place.message_id is not None and message.message_id is not None:
        return place.message_id == message.message_id
    return _may_be_edit(place, message) and _has_words(place, message.content)


def _is_known_by_itself(place: Place, message: Message) -> bool:
    """Whether a message that agrees with the place does so by more than where it stands."""
    if place.message_id is not None and message.message_id is not None:
        return True
    if place.said_at is not None and message.said_at is not None:
        return True
    return not _lost(place) or _is_pattern(place)


def _may_be_edit(place: Place, message: Message) -> bool:
    if place.message_id is not None and message.message_id is not None:
        return False
    if place.said_at is not None and message.said_at is not None and place.said_at != message.said_at:
        return False
    return (place.role, place.author) == (message.role, message.author)


def _tells(known: Sequence[Place], given: Sequence[Message], run: Sequence[tuple[int, int]]) -> bool:
    """Whether a run of pairs away from the session's end is more than chance."""
    real = [(known[p], given[i]) for i, p in run if _is_known_by_itself(known[p], given[i])]
    if any(place.said_at and message.said_at for place, message in real):
        return True
    if any(place.message_id and message.message_id for place, message in real):
        return True
    return (
        len(real) > CHANCE_MESSAGES_MAX
        or sum(len(message.content) for _, message in real) >= CHANCE_CHARS_MAX
    )


def _edited(
    known: Sequence[Place], given: Sequence[Message], pairs: Mapping[int, int]
) -> Iterator[tuple[int, int]]:
    """Messages between two known neighbours, in the place of as many others that they may be edits of."""
    for (i, p), (next_i, next_p) in pairwise(sorted(pairs.items())):
        gap = next_i - i - 1
        if 0 < gap <= EDITED_RUN_MAX and next_p - p == next_i - i:
            between = [(i + step, p + step) for step in range(1, gap + 1)]
            if all(_may_be_edit(known[place], given[message]) for message, place in between):
                yield from between


def _system(
    known: Sequence[Place], given: Sequence[Message], pairs: Mapping[int, int]
) -> Iterator[tuple[int, int]]:
    """System messages that are known: leading ones by their text alone, later ones by where they stand."""
    if all(message.role not in _OUTSIDE_ORDER for message in given):
        return
    taken = set(pairs.values())
    ordered = [i for i, message in enumerate(given) if message.role not in _OUTSIDE_ORDER]
    leading_end = ordered[0] if ordered else len(given)
    follows = dict(pairwise([*ordered, len(given)]))
    anywhere = [p for p, place in enumerate(known) if place.role in _OUTSIDE_ORDER]
    last: int | None = None
    for i, message in enumerate(given):
        if message.role not in _OUTSIDE_ORDER:
            last = i
            continue
        if i in pairs:
            continue
        if i < leading_end:
            found = [p for p in anywhere if _agree(known[p], message)]
            known_alone = [p for p in found if _is_known_by_itself(known[p], message)]
            found = known_alone or (found if pairs else [])
        elif last is not None and last in pairs:
            end = pairs.get(follows[last], len(known))
            found = [p for p in range(pairs[last] + 1, end) if p not in taken and _agree(known[p], message)]
        else:
            found = []
        if found:
            taken.add(found[0])
            yield i, found[0]


def _before_tail(known: Sequence[Place], given: Sequence[Message], pairs: Mapping[int, int]) -> set[int]:
    """Messages without ids that precede the one which is the tail's first turn."""
    first_place = next((p for p, place in enumerate(known) if place.role not in _OUTSIDE_ORDER), None)
    first = min((i for i in pairs if given[i].role not in _OUTSIDE_ORDER), default=None)
    if first is None or pairs[first] != first_place:
        return set()
    return {i for i in range(first) if i not in pairs and given[i].message_id is None}
