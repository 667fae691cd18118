"""Names that hang on somebody ("my sister"), and passages that say two names are one."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from remanence.model.entity import EntityKind
from remanence.reader.entities.capitals import UPPER, WORD
from remanence.reader.entities.found import SPEAKER, Found
from remanence.reader.entities.words import Words, words

# After "my sister": what leads to her name. After a name: what leads to "my sister".
_TO_NAME = re.compile(
    r"(?:['’]s\sname\s(?:is|was)\s|,?\s(?:is\s|was\s|who\sis\s|who\swas\s)?(?:called|named|namens|heißt)\s"
    r"|(?P<list>,\s)|(?P<says>\s(?:is|was|ist|es)\s)|\s)(?=\S)"
)
_TO_RELATION = re.compile(r"(?P<list>,\s)|\s(?:is|was|ist|es)\s|['’]s\s")
_CLOSES = re.compile(rf"\s*(?:[.,;!?)]|$)(?!\s(?:and|or|und|oder|y|o)\s[{UPPER}])")  # else it is a list
_ALSO = re.compile(
    r"(?:,?\s(?:who(?:m)?\s)?(?:everyone|everybody|we\sall|they\sall|all|friends|people|most\speople)\scalls?\s"
    r"|,?\s(?:also\s|better\s|otherwise\s)?known\sas\s|,?\s(?:aka|a\.k\.a\.)\s|,?\snicknamed\s|,?\salso\scalled\s"
    r"|(?P<bracket>\s\())[\"“'‘]?"
)
_SELF = re.compile(  # not in quotation marks: then somebody else says so
    r"(?<![\w\"“'‘«])(?P<not>(?:don['’]t|do\snot|never)\s)?(?:my\s(?:full\s)?name\s(?:is|was)|my\sname['’]s"
    r"|(?:everyone|everybody|people|friends|they\sall)\scalls?\sme|ich\sheiße|mein\sname\sist|me\sllamo|меня\sзовут"
    r"|(?:(?:^|(?<=[.!?,;]\s))(?:please\s|just\s|so\s)?|(?:you|everyone|everybody|people)\scan\s(?:just\s)?)call\sme)"
    r"\s[\"“'‘]?",
    re.IGNORECASE,
)
_SHARED_LETTERS = 2  # a short form begins like its name: "Alex (Alexandra)"


def relative_names(text: str, tables: Words) -> list[Found]:
    """What hangs on somebody: "my sister", "our boss", and "Ana's sister", which is Ana's "my sister"."""
    found = []
    for match in _relation(tables.language).finditer(text):
        noun = match["noun"].lower()
        noun = tables.relation_same.get(noun, noun)
        owner = match["owner"]
        adjectives = "" if match["adjective"] is None else match["adjective"].lower()
        found.append(
            Found(
                match.start(),
                match.end(),
                f"{tables.mine} {adjectives}{noun}".strip(),
                EntityKind.THING if noun in tables.pets else EntityKind.PERSON,
                firm=True,
                certain=False,
                relative=True,
                owner=None if owner is None else owner[:-2],
                unique=noun in tables.relation_one,
            )
        )
    return found


def linked(text: str, names: list[Found], relatives: list[Found], tables: Words) -> list[Found]:
    """All of them, those that the text says are one in one group."""
    starts = {one.start: place for place, one in enumerate(names)}
    ends = {one.end: place for place, one in enumerate(names)}
    groups = _Groups(names, relatives)
    for place, relative in enumerate(relatives):
        other = _name_after(text, relative.end, starts, names)
        if other is None:
            other = _name_before(text, relative, ends, tables)
        if other is not None:
            groups.join(other, len(names) + place)
    for place, name in enumerate(names):
        other = _other_name(text, name, starts, names, tables)
        if other is not None:
            groups.join(place, other)
    for match in _SELF.finditer(text):
        if match["not"] is None and match.end() in starts:
            groups.join_speaker(starts[match.end()])
    return groups.grouped()


class _Groups:
    """Which of the names found so far are one."""

    def __init__(self, names: list[Found], relatives: list[Found]) -> None:
        self._found = [*names, *relatives]
        self._group = dict[int, int]()
        self._last = 0

    def join(self, one: int, other: int) -> None:
        group = self._group.get(one) or self._group.get(other)
        if group is None:
            self._last += 1
            group = self._last
        self._group[one] = self._group[other] = group

    def join_speaker(self, one: int) -> None:
        self._group[one] = SPEAKER

    def grouped(self) -> list[Found]:
        kinds: dict[int, EntityKind] = {
            self._group[place]: one.kind
            for place, one in enumerate(self._found)
            if place in self._group and one.kind is not EntityKind.UNKNOWN and one.firm
        }
        return [self._with_group(place, one, kinds) for place, one in enumerate(self._found)]

    def _with_group(self, place: int, one: Found, kinds: dict[int, EntityKind]) -> Found:
        group = self._group.get(place)
        if group is None:
            return one
        kind = EntityKind.PERSON if group == SPEAKER else kinds.get(group)
        certain = not one.relative or group != SPEAKER
        if kind is None:
            return replace(one, group=group, certain=certain)
        return replace(one, group=group, certain=certain, kind=kind, firm=True)


def _name_after(text: str, end: int, starts: dict[int, int], names: list[Found]) -> int | None:
    match = _TO_NAME.match(text, end)
    place = None if match is None else starts.get(match.end())
    if match is None or place is None:
        return None
    needs_end = match["list"] is not None or match["says"] is not None
    return place if not needs_end or _CLOSES.match(text, names[place].end) else None


def _name_before(text: str, relative: Found, ends: dict[int, int], tables: Words) -> int | None:
    for gap in range(2, 6):
        place = ends.get(relative.start - gap)
        if place is None:
            continue
        match = _TO_RELATION.fullmatch(text, relative.start - gap, relative.start)
        if match is None or text.startswith(("'s", "’s"), relative.end):
            return None
        if match["list"] is not None and not _CLOSES.match(text, relative.end):
            return None
        return place
    return None


def _other_name(
    text: str, name: Found, starts: dict[int, int], names: list[Found], tables: Words
) -> int | None:
    """The further name that the text says it has."""
    match = _ALSO.match(text, name.end)
    place = None if match is None else starts.get(match.end())
    if match is None or place is None:
        return None
    if match["bracket"] is not None and not (
        text.startswith((")", '")', "”)", "')"), names[place].end)
        and _may_be_short_for(name.text.lower(), names[place].text.lower(), tables)
    ):
        return None
    return place


def _may_be_short_for(one: str, other: str, tables: Words) -> bool:
    short, long = sorted((one, other), key=len)
    first = long.split()[0]
    initials = "".join(part[0] for part in long.split() if part not in tables.connectors)
    return (
        (short[:_SHARED_LETTERS] == first[:_SHARED_LETTERS] and short != first)
        or ((one, other.split()[0]) in tables.nicknames or (other, one.split()[0]) in tables.nicknames)
        or (len(initials) > 1 and short.replace(".", "") == initials)
        or long.split()[-1] == short
    )


@cache
def _relation(language: str) -> re.Pattern[str]:
    tables = words(language)
    listed = "|".join(map(re.escape, sorted(tables.relations, key=len, reverse=True)))
    mine = "|".join(f"[{one[0].upper()}{one[0]}]{re.escape(one[1:])}" for one in tables.whose)
    adjective = "|".join(map(re.escape, tables.relation_adjectives)) or "(?!)"
    return re.compile(
        rf"(?<![\w'’-])(?:(?:{mine})|(?P<owner>{WORD}(?:\s{WORD})?['’]s))\s"
        rf"(?P<adjective>(?:(?:{adjective})\s){{1,2}})?(?P<noun>{listed}|{_with_capitals(listed)})(?![\w-])"
    )


def _with_capitals(listed: str) -> str:
    """The same nouns as German writes them."""
    return "|".join(one[:1].upper() + one[1:] for one in listed.split("|"))
