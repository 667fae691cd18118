"""Standing wishes: how the assistant is to do things from now on, told to it outright.

"Never use emojis", "from now on answer in Spanish", "keep your replies short": said once, and kept. An
order for this one time is none. Asked by `statements`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from remanence.model.kind import Kind
from remanence.reader.rules.derived import Derived
from remanence.reader.rules.grammar import load_grammar
from remanence.reader.rules.language import Language
from remanence.reader.rules.modality import OwnText
from remanence.reader.rules.needed import search
from remanence.reader.rules.retelling import in_third_person

WISHED = "wished"  # the rule's name, as a derived row's method has it
CONFIDENCE = 0.85
SENTENCE_CHARS_MAX = 240
_FORMS = (
    *("whenever", "when_then", "call_me", "since_then", "until_then", "always", "never", "want"),
    *("no_in_answers", "in_answers", "stop", "keep", "don_t", "no_more", "talk", "spare", "grateful"),
)
_ASKED = ("until_then", "since_then")  # what may be asked for: "from now on, could you ...?"
# How a wish is retold that is no order, by the group that holds it.
_OTHERWISE = {
    "none": "{subject} wants no {what}",
    "spare": "{subject} does not need the assistant to {what}",
    "polite": "{subject} would like it if the assistant {what}",
}
_NOT = re.compile(r"^(?:don't|dont|do not|never|not) (?:ever )?", re.IGNORECASE)


def wished(spoken: OwnText, found: Sequence[Derived], subject: str, language: Language) -> list[Derived]:
    """What was found in a text, with what its writer wants of the assistant in place of other readings."""
    patterns, any_of = language.patterns.get("wishes"), language.cues.get("wishes.any")
    if patterns is None or any_of is None or spoken.words.isdisjoint(any_of):
        return list(found)
    every = list(found)
    for start, sentence in spoken.sentences:
        if len(sentence) > SENTENCE_CHARS_MAX or patterns["once"].search(sentence):
            continue
        if "?" in sentence and not any(search(patterns[name], sentence, spoken.words) for name in _ASKED):
            continue
        matches = (search(patterns[name], sentence, spoken.words) for name in _FORMS)
        match = next((one for one in matches if one is not None), None)
        if match is None or patterns["unfit"].search(match[0]):
            continue
        wish = _wish(match, start, spoken.text, subject, language)
        every = [one for one in every if one.end <= wish.start or wish.end <= one.start]
        every.append(wish)
    return every


def _wish(match: re.Match[str], start: int, text: str, subject: str, language: Language) -> Derived:
    groups = {name: span for name in match.groupdict() if (span := match.span(name)) != (-1, -1)}
    name = next(name for name in (*_OTHERWISE, "what") if name in groups)
    main = groups[name]
    begin, end = min(span[0] for span in groups.values()), max(span[1] for span in groups.values())
    grammar = load_grammar(language.code)

    def told(span: tuple[int, int]) -> str:
        return in_third_person(text[start + span[0] : start + span[1]].strip(), grammar)

    what = _small(told(main))
    if name in _OTHERWISE:
        content = _OTHERWISE[name].format(subject=subject, what=what)
    else:
        denied = _NOT.match(what)
        bare = what if denied is None else what[denied.end() :]
        content = f"{subject} wants the assistant {'to' if denied is None else 'never to'} {bare}"
    if "when" in groups:
        content = f"{content} {_small(told(groups['when']))}"
    return Derived(
        content=content[:1].upper() + content[1:],
        kind=Kind.PREFERENCE,
        slot=None,
        polarity=True,
        rule=WISHED,
        confidence=CONFIDENCE,
        start=start + begin,
        end=start + end,
        sentence=start,
        clause_start=start,
        clause_end=start + len(match.string),
    )


def _small(words: str) -> str:
    """With a small first letter: it stands within a sentence now."""
    return words[:1].lower() + words[1:]
