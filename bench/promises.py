"""Commitments from conversation to ledger, and what the checks cost: bench/promises.py [--agents 40].

Generated conversations of so many agents over 60 days, with commitments planted among intentions, questions,
wishes, reports and small talk. The phrasings are in promises/*.toml, apart from the rules. Figures, of the
phrasings that may be looked at (`seen`) and of those only counted (`unseen`, `further`): precision and
recall of commitments, of those found the share with the right promiser and promisee, and the same two of the
outcomes that either party tells later. Then the seconds of processor time that the checks take over 10,000
contexts on record; to hand those out takes minutes. And what a new promise costs beside many that were kept.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import remanence
from machine import machine_line

SEED = 7
DAYS = 60
TURNS_A_DAY = 8
COMMITS_SHARE = 0.2  # of turns; as many lure, the rest is small talk
OUTCOME_DAYS = 32  # after a promise, so that it is due
OUTCOMES_A_DAY = 1
CONTEXTS = 10_000
ENDED, NEW = (0, 300, 1_000), 20
WANTED = {"precision": 0.9, "recall": 0.75, "checks seconds": 10.0}
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
FOLDER = Path(__file__).parent / "promises"
FILES = {"seen": "phrases.toml", "unseen": "phrases.toml", "further": "further.toml"}  # by part
NAMES = ("Ana", "Bram", "Chiara", "Dmitri", "Eline", "Farid", "Greta", "Hugo", "Imke", "Jonas")


@dataclass(frozen=True, slots=True)
class Said:
    """One turn, whether it commits its speaker, and the outcome that it tells: "kept", "broken" or None."""

    message: dict[str, str]
    commits: bool
    outcome: str | None = None


def conversation(agent: int, part: str) -> Iterator[Said]:
    """Sixty days of one agent and one person, in the order in which they are said."""
    rng = random.Random(f"{SEED} {agent} {part}")
    phrases = tomllib.loads((FOLDER / FILES[part]).read_text("utf-8"))
    person = NAMES[agent % len(NAMES)]
    open_deeds: dict[
        tuple[str, str, str], int
    ] = {}  # by speaker, plain form and past: the day it was promised
    promised: set[tuple[str, str]] = set()
    for day in range(DAYS):
        said_at = START + timedelta(days=day, minutes=rng.randrange(240))
        due = [deed for deed, made in open_deeds.items() if made <= day - OUTCOME_DAYS]
        for told in rng.sample(due, min(len(due), OUTCOMES_A_DAY)):
            del open_deeds[told]
            yield _outcome(rng, phrases["outcome"], told, person, said_at)
            said_at += timedelta(minutes=1)
        for turn in range(TURNS_A_DAY):
            role = ("user", "assistant")[turn % 2]
            share = rng.random()
            commits, outcome = share < COMMITS_SHARE, None
            if commits or share < 2 * COMMITS_SHARE:
                deed, past = rng.choice(phrases["deeds"])
                pattern = rng.choice(phrases["commits" if commits else "commits_not"][part])
                text = pattern.format(deed=deed, past=past, when=rng.choice(phrases["whens"]))
                if commits:
                    open_deeds[role, deed, past] = day
                    promised.add((role, deed))
                elif "{past}" in pattern and (role, deed) in promised:
                    outcome = "kept"  # a report of what was promised before
            else:
                text = rng.choice(phrases["talk"])
            yield Said(_message(role, text, person, said_at), commits, outcome)
            said_at += timedelta(seconds=rng.randrange(20, 200))


def _outcome(
    rng: random.Random, told: dict[str, list[str]], deed: tuple[str, str, str], person: str, at: datetime
) -> Said:
    """One party says how a deed came out: who was to do it, or who was promised it."""
    role, plain, past = deed
    sort = rng.choice(("kept", "thanked", "confessed", "blamed"))
    other = {"user": "assistant", "assistant": "user"}[role]
    speaker = role if sort in ("kept", "confessed") else other
    text = rng.choice(told[sort]).format(deed=plain, past=past)
    outcome = "kept" if sort in ("kept", "thanked") else "broken"
    return Said(_message(speaker, text, person, at), commits=False, outcome=outcome)


def _message(role: str, text: str, person: str, at: datetime) -> dict[str, str]:
    message = {"role": role, "content": text, "timestamp": at.isoformat(), "session": f"{at:%Y-%m-%d}"}
    return message | ({"name": person} if role == "user" else {})


def measure(agents: int, part: str, folder: Path, *, verbose: bool) -> None:
    """Observe all conversations of a part, read the ledgers, and print the figures."""
    right = found = planted = parties = 0
    judged = judged_right = outcomes = 0
    missed: dict[str, int] = {}
    wrong: dict[str, int] = {}
    for agent in range(agents):
        said = list(conversation(agent, part))
        owner = NAMES[agent % len(NAMES)]
        with remanence.open(folder / f"{part}{agent}.cube", owner=owner, embedder=None) as cube:
            added = cube.observe([one.message for one in said]).added
            commits = {item for item, one in zip(added, said, strict=True) if one.commits}
            text_of = {item: one.message["content"] for item, one in zip(added, said, strict=True)}
            told = {item: one.outcome for item, one in zip(added, said, strict=True) if one.outcome}
            heard = [one for promise in cube.promises() for one in promise.assessments]
            promises = [one for one in cube.promises() if one.source is not None]
            sources = {source for one in promises for source in one.item.sources}
            for one in promises:
                if one.source in commits:
                    other = {owner: "assistant", "assistant": owner}.get(one.promiser)
                    parties += one.terms.promisees == (other,)
        judged += len(heard)
        judged_right += sum(told.get(one.evidence[0]) == one.outcome for one in heard)
        outcomes += len(told)
        right += len(sources & commits)
        found += len(sources)
        planted += len(commits)
        for item in commits - sources:
            missed[text_of[item]] = missed.get(text_of[item], 0) + 1
        for item in sources - commits:
            wrong[text_of[item]] = wrong.get(text_of[item], 0) + 1
    say("precision", part, right / max(found, 1), WANTED["precision"])
    say("recall", part, right / max(planted, 1), WANTED["recall"])
    say("parties", part, parties / max(right, 1), None)
    say("outcome precision", part, judged_right / max(judged, 1), None)
    say("outcome recall", part, judged_right / max(outcomes, 1), None)
    if part == "seen" or verbose:
        for told, counts in (("missed", missed), ("wrong", wrong)):
            for text in sorted(counts, key=counts.__getitem__, reverse=True)[:10]:
                sys.stderr.write(f"{told}: {text}\n")


def time_checks(folder: Path) -> None:
    """The processor time of all checks over CONTEXTS contexts on record, in a cube of conversations."""
    with remanence.open(folder / "contexts.cube", owner="Ana", embedder="hashing") as cube:
        cube.observe([one.message for one in conversation(0, "seen")])
        for number, text in enumerate(
            ("tea without sugar", "a window seat", "short answers", "the night train")
        ):
            item = cube.remember(f"Ana prefers {text}", kind="preference")
            cube.revise(item.id, f"Ana prefers {text} on weekdays {number}")
        for number in range(CONTEXTS):
            cube.context(f"what would Ana like on day {number}", budget=400)
        started = time.process_time()
        report = cube.check_promises()
        seconds = time.process_time() - started
    assert report.checked[0].looked_at == CONTEXTS, "not all contexts were on record"
    say("checks seconds", f"{CONTEXTS} contexts", seconds, WANTED["checks seconds"])


def time_promise(folder: Path) -> None:
    """Milliseconds of processor time of a new promise, beside so many that were kept."""
    with remanence.open(folder / "ended.cube", owner="Ana", embedder="hashing") as cube:
        kept = 0
        for wanted in ENDED:
            for number in range(kept, wanted):
                cube.assess_promise(cube.promise(f"water plant {number}", to="Bob"), "kept", by="Bob")
            kept = wanted
            started = time.process_time()
            made = [cube.promise(f"call number {number}", to="Bob") for number in range(NEW)]
            say("promise ms", f"{kept} kept", (time.process_time() - started) / NEW * 1000, None)
            for one in made:
                cube.withdraw_promise(one)


def say(figure: str, group: str, value: float, wanted: float | None) -> None:
    """One figure as a line of JSON."""
    line = {"bench": "promises", "figure": figure, "group": group, "value": round(value, 4), "wanted": wanted}
    sys.stdout.write(json.dumps(line) + "\n")


def main() -> None:
    """Reads the options and prints all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=40)
    parser.add_argument("--parts", nargs="+", choices=tuple(FILES), help="default: all")
    parser.add_argument(
        "--verbose", action="store_true", help="also what was missed of phrasings only counted"
    )
    parser.add_argument("--without-checks", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for part in options.parts or FILES:
            measure(options.agents, part, Path(folder), verbose=options.verbose)
        if not options.without_checks:
            time_checks(Path(folder))
            time_promise(Path(folder))
    sys.stdout.write(machine_line("promises") + "\n")


if __name__ == "__main__":
    main()
