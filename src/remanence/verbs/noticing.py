"""Notices whom and what new texts mention, within the change set that brings them in.

Works on a change that is being written; `setting` lets every change of a cube with a reader pass here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from remanence.lifecycle.changes import Change
from remanence.model.entity import EntityId, EntityKind, Ground, Origin
from remanence.model.item import Revision
from remanence.model.journal import Verb
from remanence.model.kind import Kind, Trust
from remanence.storage.entities_port import KindEvidence, KnownName, NewAlias, NewMention, NewName
from remanence.storage.port import Transaction
from remanence.verbs.entity_groups import Groups

if TYPE_CHECKING:
    from remanence.reader.entities.found import Found
    from remanence.reader.entities.resolving import Directory, Meant

CERTAIN_MIN = 0.5  # a score from which a mention is more than one of several guesses


def notice(tx: Transaction, change: Change, rows: Sequence[Revision]) -> None:
    """Write down whom and what these rows mention; their texts are stored, and have no mentions yet."""
    from remanence.reader.entities.names import read_names

    looked = [(row, read_names(row.content.text)) for row in rows if row.content.kind is not Kind.SUMMARY]
    if looked:
        noting = _Noting(tx, change)
        noting.look_up(looked)
        for row, found in looked:
            noting.note(row, found)
        noting.write()


def notice_unread(tx: Transaction, change: Change, rows: Sequence[Revision]) -> int:
    """Let a change find the names in texts that were stored before names were looked for.

    Texts that have mentions are left as they are. Says so in the change's journal; returns how many are read.
    """
    read = tx.texts_with_mentions([row.text_id for row in rows])
    unread = {row.text_id: row for row in rows if row.text_id and row.text_id not in read}
    if unread:
        change.attach(lambda tx: notice(tx, change, list(unread.values())))
        change.note(Verb.ENTITY, None, detail={"read": len(unread)})
    return len(unread)


@dataclass(slots=True)
class _Heard:
    """One row while its names are gone through: who speaks, and whom the name at each place means."""

    row: Revision
    speaker: int
    meant: dict[int, list[int]] = field(default_factory=dict)


class _Noting:
    """What is known, and what is new, while the rows of one change are gone through."""

    def __init__(self, tx: Transaction, change: Change) -> None:
        from remanence.reader.entities.resolving import Directory

        self._tx = tx
        self._change = change
        self._groups = Groups(tx.mergers())
        self.directory: Directory = Directory(self._groups.root, tx.last_sessions)
        self._numbers = tx.next_entity_numbers()
        self._entities: list[tuple[int, EntityId]] = []
        self._names: dict[str, int] = {}
        self._new_names: list[NewName] = []
        self._aliases: list[NewAlias] = []
        self._mentions: list[NewMention] = []
        self._speakers: dict[str, int] = {}

    def look_up(self, looked: Sequence[tuple[Revision, Sequence[Found]]]) -> None:
        """Ask once for all that may be known of the names in these rows, speakers included."""
        from remanence.reader.entities.folding import ends_of, fold
        from remanence.reader.entities.lowercase import plain_words

        wanted: set[str] = set()
        for row, found in looked:
            wanted |= plain_words(row.content.text)
            wanted.update(end for one in found for end in ends_of(fold(one.text)))
        authors = {row.provenance.author for row, _ in looked}
        wanted.update(end for author in authors for end in ends_of(fold(author)))
        known = self._tx.names_by_words(sorted(wanted))
        self.directory.learn(known)
        entities = sorted({one.entity for one in known})
        self.directory.weigh(self._tx.kind_evidence(entities))
        self._names = {one.content: one.name for one in known}
        roles = {row.provenance.author: row.provenance.role for row, _ in looked}
        for author in sorted(authors):
            self._speakers[author] = speaker = self._speaker(author, known)
            if roles[author] == "user":
                self.directory.weigh([KindEvidence(speaker, EntityKind.PERSON, True, 1)])

    def note(self, row: Revision, found: Sequence[Found]) -> None:
        """Find out whom the names of one text mean, and learn from it."""
        from remanence.reader.entities.lowercase import known_in_plain_words

        taken = {place for one in found for place in range(one.start, one.end)}
        plain = known_in_plain_words(row.content.text, self.directory)
        names = [*found, *(one for one in plain if one.start not in taken)]
        if row.provenance.trust is Trust.TOOL:  # lists and records: full of capitals, and of nobody new
            names = [replace(one, certain=False) for one in names if not one.group]
        heard = _Heard(row, self._speakers[row.provenance.author])
        for members in _in_order(names):
            if members[0].group:
                self._note_group(heard, members)
            else:
                self._note_one(heard, members[0])

    def _note_one(self, heard: _Heard, found: Found) -> None:
        meant = self._candidates(heard, found)
        if not meant and found.certain:
            meant = [self._somebody_new()]
        for candidate in meant:
            self._mention(heard, found, candidate)

    def _note_group(self, heard: _Heard, members: Sequence[Found]) -> None:
        """Names that the text says are one: of who is known by one of them, else of somebody new.

        Where several are known by the name, it stays a guess, and nothing is learnt from it.
        """
        from remanence.reader.entities.found import SPEAKER
        from remanence.reader.entities.resolving import BY_NAME, Meant

        proper = [one for one in members if not one.relative]
        first: Found | None = None
        known = [Meant(heard.speaker, BY_NAME)]
        if members[0].group != SPEAKER:
            known, first = self._known(heard, members)
        if len(known) > 1:
            for one in proper:
                self._note_one(heard, one)
            return
        if not known:
            known, first = [self._somebody_new()], proper[0]
        best = known[0]
        for one in members:
            ground = best.ground if one is first else Ground.LINK
            self._mention(heard, one, Meant(best.entity, BY_NAME, ground))

    def _known(self, heard: _Heard, members: Sequence[Found]) -> tuple[list[Meant], Found | None]:
        """Who is known by one of these names, said to be one, and by which of them.

        Of several of one name, whom the speaker calls so; somebody whom they call otherwise is another.
        """
        from remanence.reader.entities.folding import fold

        relative = [one for one in members if one.relative]
        called = {meant.entity for one in relative for meant in self._candidates(heard, one)}
        whose = [(fold(one.text), self._whose(heard, one)) for one in relative]
        for one in members:
            if one.relative:
                continue
            fitting = [
                meant
                for meant in self._candidates(heard, one)
                if not self.directory.tells_otherwise(meant.entity, whose)
            ]
            fitting = [meant for meant in fitting if meant.entity in called] or fitting
            if fitting:
                return fitting, one
        return [], None

    def _candidates(self, heard: _Heard, found: Found) -> list[Meant]:
        whose = self._whose(heard, found)
        return self.directory.candidates(found, speaker=whose, session=heard.row.provenance.session)

    def _whose(self, heard: _Heard, found: Found) -> int | None:
        """The entity that a relative name hangs on; None where the text leaves that open."""
        if found.owner is None:
            return heard.speaker
        owners = heard.meant.get(found.start, [])
        return owners[0] if len(owners) == 1 else None

    def write(self) -> None:
        """Write what was found into the transaction."""
        tx, by = self._tx, self._change.number
        stored = tx.name_numbers([one.content for one in self._new_names])
        kept = {one.number: stored.get(one.content, one.number) for one in self._new_names}
        tx.add_entities(self._entities, at=self._change.at)
        tx.add_names(one for one in self._new_names if one.content not in stored)
        tx.add_aliases((one._replace(name=kept.get(one.name, one.name)) for one in self._aliases), by=by)
        tx.add_mentions((one._replace(name=kept.get(one.name, one.name)) for one in self._mentions), by=by)

    def _speaker(self, author: str, known: Sequence[KnownName]) -> int:
        """The entity of who speaks under this name."""
        for one in known:
            if one.origin is Origin.SPEAKS and one.content == author:
                return self._groups.root(one.entity)
        entity = self._new_entity()
        self._alias(author, entity, None, Origin.SPEAKS)
        return entity

    def _mention(self, heard: _Heard, found: Found, meant: Meant) -> None:
        row = heard.row
        whose = self._whose(heard, found) if found.relative else None
        if found.relative and whose is None:
            return
        heard.meant.setdefault(found.start, []).append(meant.entity)
        origin = Origin.LINKED if meant.ground is not Ground.NAME else Origin.HEARD
        name = self._alias(found.text, meant.entity, whose, origin)
        if meant.score >= CERTAIN_MIN:
            self.directory.last_session[meant.entity] = row.provenance.session
        if found.kind is not EntityKind.UNKNOWN:
            self.directory.weigh([KindEvidence(meant.entity, found.kind, found.firm, 1)])
        self._mentions.append(
            NewMention(
                meant.entity,
                name,
                row.text_id,
                found.start,
                found.end,
                found.kind,
                found.firm,
                meant.ground,
                meant.score,
            )
        )

    def _alias(self, content: str, entity: int, speaker: int | None, origin: Origin) -> int:
        """The number of a name, which may mean the entity from now on."""
        from remanence.reader.entities.folding import ends_of, fold

        folded = fold(content)
        number = self._names.get(content)
        if number is None:
            number = self._numbers[1] + len(self._new_names)
            self._names[content] = number
            self._new_names.append(NewName(number, content, folded, *ends_of(folded)))
        if self.directory.alias(folded, number, entity, speaker) is None:
            self.directory.learn([KnownName(entity, number, content, folded, speaker, origin, 2)])
            self._aliases.append(NewAlias(entity, number, speaker, origin))
        return number

    def _somebody_new(self) -> Meant:
        from remanence.reader.entities.resolving import NEW, Meant

        return Meant(self._new_entity(), NEW)

    def _new_entity(self) -> int:
        number = self._numbers[0] + len(self._entities)
        self._entities.append((number, EntityId(self._change.new_id())))
        return number


def _in_order(names: Sequence[Found]) -> list[list[Found]]:
    """The names that are one together, and each other alone; what hangs on another name after it."""
    groups: dict[int, list[Found]] = {}
    together: list[list[Found]] = []
    for one in names:
        if one.group and one.group in groups:
            groups[one.group].append(one)
        else:
            together.append([one])
            groups[one.group] = together[-1]
    return sorted(together, key=lambda members: any(one.owner is not None for one in members))
