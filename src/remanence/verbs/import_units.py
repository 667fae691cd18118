"""Writes what other stores say of units into a change: what they are about, their members, their links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from remanence.errors import NotFound, Refused
from remanence.lifecycle.changes import Change
from remanence.lifecycle.unit_changes import UnitState, newest_state, record
from remanence.model.ids import ItemId, new_item_id
from remanence.model.item import Json
from remanence.model.unit import Link, Member, Standing, UnitEnd, UnitId, UnitKind, UnitVersion, id_of_virtual
from remanence.reader.exports.records import About, Problem, Tie, UnitName
from remanence.reader.exports.values import plain
from remanence.storage.port import Transaction
from remanence.verbs.setting import Setting
from remanence.verbs.unit_editing import DESCRIPTION_CHARS_MAX, ID_RANDOM_BITS, MEMBERS_MAX, state_to_change
from remanence.verbs.unit_lookup import all_units

IMPORTED = "imported_from"  # the annotation that says which import a unit's words come from


class Units:
    """The units of one batch, as part of its change."""

    def __init__(
        self,
        setting: Setting,
        tx: Transaction,
        change: Change,
        kind: str,
        *,
        sessions: Collection[str] = (),
    ) -> None:
        self._setting, self._tx, self._change, self._kind = setting, tx, change, kind
        self._sessions = sessions  # of this batch: each is a context without asking
        self._by_name: dict[tuple[UnitKind, str], UnitVersion] | None = None
        self.changed = 0
        self.linked = 0
        self.problems: list[Problem] = []

    def describe(self, abouts: Iterable[About], members: Mapping[UnitName, Sequence[ItemId]]) -> None:
        """Let units be about what was found, with these members; makes those that are not there."""
        wanted: dict[UnitName, About | None] = dict.fromkeys(members)
        wanted.update((about.unit, about) for about in abouts)
        for unit, about in wanted.items():
            self._edit(unit, about, members.get(unit, ()), "" if about is None else about.place)

    def tie(self, ties: Sequence[Tie]) -> None:
        """Link units that are there; a link to none is a problem."""
        by_source: dict[UnitName, list[Tie]] = defaultdict(list)
        for tie in ties:
            missing = [end.name for end in (tie.source, tie.target) if self._known(end) is None]
            if missing:
                why = f"a link {tie.type!r} to {missing[0]!r}, which is not there"
                self.problems.append(Problem(tie.place, "unmapped", why))
            else:
                by_source[tie.source].append(tie)
        for source, given in by_source.items():
            self._link(source, given)

    def _edit(self, unit: UnitName, about: About | None, members: Sequence[ItemId], place: str) -> None:
        known = self._known(unit) or self._fresh(unit)
        try:
            before, state = state_to_change(self._tx, known)
        except (Refused, NotFound) as error:
            self.problems.append(Problem(place or unit.name, "kept", str(error)))
            return
        held = {member.item_id for member in (*state.holdings.members, *map(Member, state.holdings.left_out))}
        new = [Member(item_id) for item_id in dict.fromkeys(members) if item_id not in held]
        if len(state.holdings.members) + len(new) > MEMBERS_MAX:
            why = f"{unit.name!r} would have over MEMBERS_MAX = {MEMBERS_MAX} members; {len(new)} are none"
            self.problems.append(Problem(place or unit.name, "unmapped", why))
            new = []
        holdings = replace(state.holdings, members=(*state.holdings.members, *new))
        version = self._described(state.version, about) if about is not None else state.version
        self._record(unit, before, UnitState(version, holdings))

    def _described(self, version: UnitVersion, about: About) -> UnitVersion:
        """The unit with its words from the file, unless somebody gave it others."""
        ours = version.annotations.get(IMPORTED) == self._kind
        blank = not version.description and not version.annotations
        if not (ours or blank):
            return version
        annotations: dict[str, Json] = {**about.facts, IMPORTED: self._kind}
        return replace(
            version, description=plain(about.title)[:DESCRIPTION_CHARS_MAX], annotations=annotations
        )

    def _link(self, source: UnitName, ties: Sequence[Tie]) -> None:
        known = self._known(source)
        assert known is not None, "its ends were looked up"
        try:
            before, state = state_to_change(self._tx, known)
            links = list(state.holdings.links)
            for tie in ties:
                one = Link(UnitEnd(known.id), tie.type, UnitEnd(self._kept(tie.target)))
                if one not in links and one.source != one.target:
                    links.append(one)
                    self.linked += 1
        except (Refused, NotFound) as error:
            self.problems.append(Problem(ties[0].place, "kept", str(error)))
            return
        held = replace(state.holdings, links=tuple(links))
        self._record(source, before, replace(state, holdings=held))

    def _kept(self, unit: UnitName) -> UnitId:
        """A unit's id, once it is stored so that a link can point at it."""
        known = self._known(unit)
        assert known is not None, "its ends were looked up"
        stored, state = state_to_change(self._tx, known)
        if state.version.number == 0:
            self._record(unit, stored, state)
        return known.id

    def _record(self, unit: UnitName, before: UnitState | None, after: UnitState) -> None:
        version = record(self._change, before, after)
        if version.change_set == self._change.number:
            self.changed += 1
        if unit.name not in self._sessions:
            self._names()[unit.kind, unit.name.casefold()] = version

    def _known(self, unit: UnitName) -> UnitVersion | None:
        if unit.kind is UnitKind.CONTEXT and unit.name in self._sessions:
            return self._of_session(unit.name)
        return self._names().get((unit.kind, unit.name.casefold()))

    def _of_session(self, session: str) -> UnitVersion | None:
        """The context that a session is, without looking at all units there are."""
        unit_id = id_of_virtual(UnitKind.CONTEXT, session)
        stored = newest_state(self._tx, unit_id)
        made = self._setting.store.facts.created_at
        rule: dict[str, Json] = {"session": [session]}
        virtual = UnitVersion(unit_id, UnitKind.CONTEXT, 0, session, 0, made, rule=rule)
        there = stored is not None and stored.version.standing is not Standing.UNDONE
        return stored.version if stored is not None and there else virtual

    def _names(self) -> dict[tuple[UnitKind, str], UnitVersion]:
        if self._by_name is None:
            units = reversed(all_units(self._setting, self._tx))
            self._by_name = {(one.kind, one.name.casefold()): one for one in units}
        return self._by_name

    def _fresh(self, unit: UnitName) -> UnitVersion:
        at = self._change.at
        said = {UnitKind.PERSONA: "author", UnitKind.CONTEXT: "session"}.get(unit.kind)
        if said is not None:  # the one that exists without asking, should they speak
            rule: dict[str, Json] = {said: [unit.name]}
            return UnitVersion(id_of_virtual(unit.kind, unit.name), unit.kind, 0, unit.name, 0, at, rule=rule)
        bits = self._setting.clock.random_bits(ID_RANDOM_BITS)
        fresh = UnitId(new_item_id(int(at.timestamp() * 1000), bits))
        return UnitVersion(fresh, unit.kind, 0, unit.name, 0, at)
