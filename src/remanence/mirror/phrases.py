"""Recurring phrases: what the agent says more often than those it talks with, or than it used to.

Sequences of words are compared by the log-odds ratio with an informative Dirichlet prior and its z score
(Monroe, Colaresi & Quinn 2008, "Fightin' Words", Political Analysis 16(4), equations 15 to 22); the prior is
what both sides say together. What remains is told apart from subject matter by how it is spread over time.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from remanence.mirror.language import DEFAULT_LANGUAGE, lists, rule
from remanence.mirror.ngrams import Counted, Segments, counted
from remanence.mirror.said import EVIDENCE_MAX, Record, Said, as_written, sentence_spans, spread, without_code
from remanence.mirror.terms import terms_of
from remanence.model.mirror import Phrase, PhraseSort, Quote
from remanence.recall.analyser import words

LENGTH_MAX = 8  # words
COUNT_MIN = 5  # uses, below which a repetition is chance
SHARE_MIN = 0.004  # of the agent's utterances
DAYS_MIN = 3  # on fewer days it is the matter of a conversation, not a habit
Z_MIN = 1.28  # one-sided, at .1: it leaves out what others say as well; counts, days and form tell a habit
PRIOR_SHARE = 0.25  # the prior counts as much as this share of all that was said
CONTAINED_SHARE = 0.6  # a longer phrase with this share of a shorter one's uses stands for it
APART_SHARE = 0.5  # of its uses as a clause of its own
WOVEN_MIN = 8  # phrases inside clauses, below which none is usual
OUTLYING = 5.0  # median absolute deviations from the usual: 3.4 standard deviations of a normal distribution
OPENING_SHARE = 0.7  # of its uses at the beginning of a message
OPENINGS_COUNT_MIN = 4  # a beginning is chosen more seldom than words are
OPENINGS_MIN = 0.05  # of the agent's messages that begin with one word
PHRASES_MAX = 50
RECENT = 3  # the last third is compared with what went before
_BREAK = re.compile(r"(?<=[.!?…:;])\s+|[\n\r]+|\s[–—-]\s|[()\"“”«»*_#|]+")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sequence that may be a phrase, with its z scores against the others and against the agent's past."""

    counted: Counted
    z: float | None
    z_past: float


def recurring(record: Record) -> list[Phrase]:
    """The agent's recurring phrases, the most telling first."""
    mine, others = list(_segments(record.mine)), list(_segments(record.others))
    count_min = max(COUNT_MIN, math.ceil(SHARE_MIN * len(record.mine)))
    totals = _length(mine), _length(others)
    recent_from = _recent_from(record.mine)
    recent_words = _length([one for one in mine if one[0] >= recent_from])
    found: list[_Candidate] = []
    language = record.language or DEFAULT_LANGUAGE
    for _, sequences in counted(mine, others, longest=LENGTH_MAX, count_min=count_min):
        for one in sequences:
            if (
                not _is_formulaic(one, language)
                or not _is_whole(one, language)
                or not _is_spread(record.mine, one.places)
            ):
                continue
            z = log_odds_z(one.count, totals[0], one.others, totals[1]) if others else None
            recent = sum(place >= recent_from for place in one.places)
            z_past = log_odds_z(recent, recent_words, one.count - recent, totals[0] - recent_words)
            grown = z_past >= Z_MIN and one.others * totals[0] < one.count * totals[1]
            if z is None or z >= Z_MIN or grown:
                found.append(_Candidate(one, z, z_past))
    kept = _standing_out(_maximal(found))
    phrases = [_phrase(record, one) for one in kept if not _names_something(record, one.counted)]
    return sorted(phrases, key=lambda one: (-(one.z or 0.0), -one.count, one.text))[:PHRASES_MAX]


def openings(record: Record) -> list[Phrase]:
    """Single words with which the agent begins far more messages than others do, the most frequent first."""
    begun: dict[str, list[Said]] = defaultdict(list)
    for said, spoken in zip(record.mine, record.my_words, strict=True):
        if spoken:
            begun[spoken[0]].append(said)
    theirs = Counter(spoken[0] for spoken in record.others_words if spoken)
    mine, others = len(record.mine), len(record.others)
    found = []
    for word, uses in begun.items():
        z = log_odds_z(len(uses), mine, theirs[word], others) if others else None
        little = word in lists(record.language or DEFAULT_LANGUAGE).spoken("style", "beginners")
        if (
            not little
            or len(uses) < max(OPENINGS_COUNT_MIN, OPENINGS_MIN * mine)
            or (z is not None and z < Z_MIN)
        ):
            continue
        if len({one.at.date() for one in uses}) >= DAYS_MIN:
            quotes, evidence = (uses[0].quote(), uses[-1].quote()), tuple(one.id for one in spread(uses))
            found.append(Phrase(word, "opening", len(uses), theirs[word], z, None, *quotes, evidence))
    return sorted(found, key=lambda one: (-one.count, one.text))


def log_odds_z(count: int, total: int, other: int, other_total: int) -> float:
    """The z score of the log-odds of a sequence in one body against another.

    >>> log_odds_z(30, 1000, 1, 1000) > 1.96 > abs(log_odds_z(10, 1000, 9, 1000))
    True
    """
    both = total + other_total
    if not total or not other_total or count + other == both:  # what everybody always says tells nobody apart
        return 0.0
    prior_total = PRIOR_SHARE * both
    prior = PRIOR_SHARE * (count + other)
    ours = math.log((count + prior) / (total + prior_total - count - prior))
    theirs = math.log((other + prior) / (other_total + prior_total - other - prior))
    return (ours - theirs) / math.sqrt(1 / (count + prior) + 1 / (other + prior))


def _segments(said: Iterable[Said]) -> Iterator[tuple[int, list[list[str]]]]:
    """The words between one stop and the next, clause by clause, with the utterance's number."""
    for number, one in enumerate(said):
        for piece in _BREAK.split(without_code(one.text)):
            clauses = [found for clause in piece.split(",") if (found := words(clause))]
            if clauses:
                yield number, clauses


def _length(segments: Segments) -> int:
    return sum(len(clause) for _, clauses in segments for clause in clauses)


def _recent_from(mine: Sequence[Said]) -> int:
    """The number of the first utterance of the last third of the time."""
    if not mine:
        return 0
    since = mine[-1].at - (mine[-1].at - mine[0].at) / RECENT
    return next(number for number, one in enumerate(mine) if one.at >= since)


def _is_formulaic(one: Counted, language: str) -> bool:
    """Whether it can be a turn of phrase: no number, not little words alone, no single word but a filler."""
    if any(word.isdecimal() for word in one.words):
        return False
    if len(one.words) == 1:
        return one.words[0] in lists(language).spoken("style", "fillers")
    little = lists(language).spoken("style", "function_words")
    bare = sum(word in little for word in one.words)
    return bare < len(one.words) or len(one.words) >= 4


def _is_spread(mine: Sequence[Said], places: Sequence[int]) -> bool:
    if len(set(places)) < COUNT_MIN:
        return False
    return len({mine[place].at.date() for place in places}) >= DAYS_MIN


def _is_whole(one: Counted, language: str) -> bool:
    """Whether it may be a phrase of its own: it stands apart, or does not break off after a little word."""
    if _is_apart(one):
        return True
    joints = lists(language).spoken("style", "joints")
    return one.words[-1] not in joints and one.words[0] not in joints


def _is_apart(one: Counted) -> bool:
    """Whether it is mostly a clause, or several, of its own."""
    return one.apart >= APART_SHARE * one.count


def _standing_out(found: Sequence[_Candidate]) -> list[_Candidate]:
    """Phrases that stand apart as clauses of their own; of the others, those that are unusually frequent.

    Whoever speaks of a subject repeats its words: what is usual is the middle of what the agent repeats.
    """
    woven = sorted(one.counted.count for one in found if not _is_apart(one.counted))
    bound = 0.0
    if len(woven) >= WOVEN_MIN:
        middle = median(woven)
        bound = middle + OUTLYING * max(median(abs(count - middle) for count in woven), 1.0)
    return [one for one in found if _is_apart(one.counted) or one.counted.count > bound]


def _maximal(found: Sequence[_Candidate]) -> list[_Candidate]:
    """Of phrases that contain one another, the one that stands for the habit."""
    by_words = {one.counted.words: one for one in found}
    dropped: set[tuple[str, ...]] = set()
    for long in sorted(by_words, key=len, reverse=True):
        for short in _parts(long):
            if short not in by_words or short in dropped or long in dropped:
                continue
            whole, part = by_words[long].counted, by_words[short].counted
            stands = whole.count >= CONTAINED_SHARE * part.count and (_is_apart(whole) or not _is_apart(part))
            dropped.add(short if stands else long)
    return [one for sequence, one in by_words.items() if sequence not in dropped]


def _parts(sequence: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for length in range(len(sequence) - 1, 0, -1):
        for start in range(len(sequence) - length + 1):
            yield sequence[start : start + length]


def _names_something(record: Record, one: Counted) -> bool:
    """Whether its words are written with capitals inside sentences: names, not habits."""
    shape = r"\W+".join(map(re.escape, one.words))
    inside = 0
    looked = [record.mine[place].text for place in one.places[:EVIDENCE_MAX]]
    for text in looked:
        match = re.search(shape, text, re.IGNORECASE)
        if match is None:
            continue
        before = text[: match.start()].rstrip()
        begins = not before or before[-1] in ".!?:…"
        telling = [
            word
            for word in match.group().split()[begins:]
            if terms_of(words(word), record.language or DEFAULT_LANGUAGE)
        ]
        inside += bool(telling) and sum(word[:1].isupper() for word in telling) * 2 > len(telling)
    return inside * 2 > len(looked)


def _phrase(record: Record, candidate: _Candidate) -> Phrase:
    one = candidate.counted
    said = [record.mine[place] for place in dict.fromkeys(one.places)]
    sort: PhraseSort = "opening" if one.opening >= OPENING_SHARE * one.count else "phrase"
    written = as_written(said[0].text, one.words)
    text = " ".join(word.capitalize() if word.partition("'")[0] == "i" else word for word in written)
    if rule("simile", record.language or DEFAULT_LANGUAGE).search(text):
        sort = "simile"
    return Phrase(
        text=text,
        sort=sort,
        count=one.count,
        others=one.others,
        z=candidate.z,
        z_past=candidate.z_past,
        first=_sentence_with(said[0], one.words),
        last=_sentence_with(said[-1], one.words),
        evidence=tuple(item.id for item in spread(said)),
    )


def _sentence_with(said: Said, sequence: tuple[str, ...]) -> Quote:
    """The sentence of an utterance in which these words stand."""
    for start, end in sentence_spans(said.text):
        found = words(said.text[start:end])
        if any(tuple(found[at : at + len(sequence)]) == sequence for at in range(len(found))):
            return said.quote(start, end)
    return said.quote()
