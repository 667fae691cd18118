"""What lies between two statements and gives the change a reason: correction, new evidence, an owning up."""

from __future__ import annotations

from collections import defaultdict

from remanence.mirror.claims import Claim
from remanence.mirror.language import find, matcher
from remanence.mirror.said import Record, Said, sentence_spans
from remanence.mirror.terms import Term, terms_of
from remanence.model.mirror import Quote
from remanence.recall.analyser import words

SHARED_MIN = 2  # telling words with the statement, for what was said days before it
SHARED_NEAR = 1  # for what was said just before it
NEAR = 3  # utterances of the others before the statement, in its session


class Explanations:
    """Looks for reasons in the record."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._places = {one.id: place for place, one in enumerate(record.said)}
        self._news: dict[Term, list[int]] = defaultdict(list)  # sentences of others that tell something new
        self._told: list[tuple[int, int, int]] = []
        for place, one in enumerate(record.said):
            if one.author != record.agent:
                self._take(place, one)

    def between(self, earlier: Claim, later: Claim) -> Quote | None:
        """What explains that the agent now says the later; None where nothing does."""
        said = self._record.mine[later.number]
        own = self._owned(said, later)
        if own is not None:
            return own
        first, last = self._places[self._record.mine[earlier.number].id], self._places[said.id]
        return self._told_between(first, last, later, earlier)

    def _take(self, place: int, said: Said) -> None:
        for start, end in sentence_spans(said.text):
            sentence = said.text[start:end]
            if sentence.rstrip().endswith(("?", "？")):
                continue
            spoken = words(sentence)
            if find("explaining", "others", sentence, spoken):
                for term in terms_of(spoken):
                    self._news[term].append(len(self._told))
                self._told.append((place, start, end))

    def _owned(self, said: Said, later: Claim) -> Quote | None:
        """The agent's own words for it: in the statement, or in the sentence before or after it."""
        spans = sentence_spans(said.text)
        at = next((n for n, (start, _) in enumerate(spans) if start == later.start), 0)
        for start, end in (spans[at], *spans[max(0, at - 1) : at], *spans[at + 1 : at + 2]):
            if matcher("explaining", "own").search(said.text[start:end]):
                return said.quote(start, end)
        return None

    def _told_between(self, first: int, last: int, later: Claim, earlier: Claim) -> Quote | None:
        """What somebody else told in between: news about the same, or the new content itself just before."""
        about = later.terms | earlier.terms
        shared: dict[int, int] = defaultdict(int)
        for term in about | later.asked:
            for number in self._news[term]:
                if first < self._told[number][0] < last:
                    shared[number] += 1
        session = self._record.said[last].session
        for number in sorted(shared, reverse=True):
            place, start, end = self._told[number]
            said = self._record.said[place]
            near = said.session == session and last - place <= 2 * NEAR
            if shared[number] >= (SHARED_NEAR if near else SHARED_MIN):
                return said.quote(start, end)
        return self._stated_just_before(first, last, later, earlier)

    def _stated_just_before(self, first: int, last: int, later: Claim, earlier: Claim) -> Quote | None:
        """What was said just before the later: its new content, or right before it something of the same."""
        fresh = later.terms - earlier.terms
        about = later.terms | earlier.terms
        session = self._record.said[last].session
        for place in range(last - 1, max(first, last - 2 * NEAR), -1):
            said = self._record.said[place]
            if said.author == self._record.agent or said.session != session:
                continue
            for start, end in sentence_spans(said.text):
                sentence = said.text[start:end]
                terms = terms_of(words(sentence))
                is_news = place == last - 1 and len(terms & about) >= SHARED_MIN
                if not sentence.rstrip().endswith(("?", "？")) and ((fresh and fresh <= terms) or is_news):
                    return said.quote(start, end)
        return None
