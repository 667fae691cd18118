"""The demo's second process: it has heard nothing, opens the file, and answers from it by chapters."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import remanence
from remanence.embedding.port import Embedder
from remanence.errors import ItemFrozen
from remanence.faces.demo.chapter import Chapter, Row
from remanence.faces.demo.clock import StoryClock
from remanence.faces.demo.listening import TIME_ZONE
from remanence.model.hit import Hit
from remanence.model.ids import ItemId, short

TODAY = datetime(2026, 10, 31, 9, 0, tzinfo=ZoneInfo(TIME_ZONE))  # a week after the last conversation
SECRET = "4471#"
SECRET_SESSION = "2025-12-22"
MENU_SESSION = "2025-11-27"
PARTS_SHOWN = 3  # of a score
PLAIN_REASONS = {  # what the parts of a score say; others show their names
    "cosine": "close in meaning",
    "dense": "nearest in meaning",
    "dense_window": "the talk around it",
    "bm25": "words in common",
    "bm25_window": "words around it",
    "session": "its conversation",
    "near_time": "the time asked for",
    "nearest": "close in meaning",
}
ASKED = ("Why was Inês so tired in spring?", "Can Noor eat bacon?", "How did the half marathon go?")
ASKED_TWICE = (
    ("Where does Inês live?", "2026-01-15"),
    ("Who is Inês's boss?", "2026-02-01"),
    ("What is Inês's favourite coffee?", "2026-02-01"),
    ("What must I avoid when I cook for Inês?", "2025-12-01"),
)
DERIVED = ("fact", "preference")  # what followed from the conversation, in a sentence each
NEVER_ASKED = tuple(
    f"{question} {name}?"
    for question in ("What do you know about", "When was the last time we spoke of", "What is new with")
    for name in ("Rui", "Camila", "Noor", "Tomé", "Azeitona", "Beatriz", "Gil", "Leonor", "Vasco", "pottery")
)


@dataclass(slots=True)
class Told:
    """Durations that are left for the last chapter, in milliseconds."""

    heard_ms: float
    open_ms: float = 0.0
    first_ms: float = 0.0


def answer(path: Path, *, embedder: Embedder | None, heard_ms: float) -> Iterator[Chapter]:
    """Open the file and tell each chapter as it is done; `heard_ms` is what a message took to observe."""
    told = Told(heard_ms)
    clock = StoryClock(TODAY)
    open_cube = remanence.open  # loads the code, which is no part of what is timed
    started = time.perf_counter()
    with open_cube(path, embedder=embedder, clock=clock) as cube:
        told.open_ms = _since(started)
        yield _opened(cube, path)
        yield _recalled(cube, told)
        yield _as_of(cube)
        yield _revised(cube)
        yield _frozen(cube)
        yield _retired(cube)
        yield _erased(cube, path)
        yield _context(cube)
        yield _promised(cube)
        yield _timed(cube, path, told)


def _opened(cube: remanence.Cube, path: Path) -> Chapter:
    counts = cube.stats().counts
    return Chapter(
        title="The process ends, and another opens the file",
        says="All that is left of the first process is one file. This one has never seen the conversation.",
        call='cube = remanence.open("ines.cube")',
        columns=("process", "file", "owner", "memories", "conversations"),
        rows=(
            (
                str(os.getpid()),
                f"{path.name}, {path.stat().st_size / 1e6:.2f} MB",
                cube.owner,
                f"{counts['items']:,}",
                str(counts["sessions"]),
            ),
        ),
    )


def _recalled(cube: remanence.Cube, told: Told) -> Chapter:
    rows: list[Row] = []
    for question in ASKED:
        started = time.perf_counter()
        (hit,) = cube.recall(question, k=1)
        told.first_ms = told.first_ms or _since(started)
        rows.append((question, f"{hit.score:.2f}", _cited(hit), _why(hit)))
    return Chapter(
        title="It answers, with scores, sources and reasons",
        says="It finds what answers a question, also where the two share no word. Each hit has a score from "
        "0 to 1, its source, and the reasons for the score.",
        call=f'cube.recall("{ASKED[0]}", k=1)',
        columns=("question", "score", "memory, and its source", "why"),
        rows=tuple(rows),
        note=f"Shown are the {PARTS_SHOWN} strongest reasons and what each adds; hit.why has all of them.",
    )


def _as_of(cube: remanence.Cube) -> Chapter:
    rows: list[Row] = []
    for question, day in ASKED_TWICE:
        then = _best(cube.recall(question, k=1, kinds=DERIVED, as_of=day))
        now = _best(cube.recall(question, k=1, kinds=DERIVED))
        rows += [(question, f"on {day}", then), ("", "today", now)]
    return Chapter(
        title="It knows what was true when",
        says="Lives change. The same question has one answer for an earlier day and another for today, and "
        "neither overwrites the other. Asked here are facts and preferences alone.",
        call=f'cube.recall("{ASKED_TWICE[0][0]}", kinds=["fact", "preference"], as_of="{ASKED_TWICE[0][1]}")',
        columns=("question", "asked of", "best answer"),
        rows=tuple(rows),
    )


def _revised(cube: remanence.Cube) -> Chapter:
    question = "When is the pilgrims' map due?"
    item = cube.remember(
        "The pilgrims' map is due on 30 November 2026", kind="goal", because="Inês said so on 17 September"
    )
    before = cube.journal(limit=1)[0].recorded_at
    cube.revise(item.id, "The pilgrims' map is due on 15 December 2026", because="Leonor gave two more weeks")
    reasons = [line.reason or "" for line in reversed(cube.journal(item=item.id))]
    rows = [
        (row.content.text, "is believed" if row.is_open else "was believed", reason)
        for row, reason in zip(cube.history(item.id), reasons, strict=True)
    ]
    return Chapter(
        title="It changes its mind, and remembers that it did",
        says="A belief is revised, never overwritten: what was believed before stays, with both reasons.",
        call=f'cube.revise("{short(item.id)}", "The pilgrims\' map is due on 15 December 2026",\n'
        '            because="Leonor gave two more weeks")\n'
        f'cube.history("{short(item.id)}")',
        columns=("belief", "", "because"),
        rows=tuple(rows),
        note=f'Asked "{question}" it says: {_best(cube.recall(question, k=1))}. Asked what it believed a '
        f"moment ago: {_best(cube.recall(question, k=1, known_at=before))}.",
    )


def _frozen(cube: remanence.Cube) -> Chapter:
    item = cube.remember("Inês eats fish and no meat", kind="preference", because="said on 17 September")
    cube.freeze(item.id, because="she was asked twice and is sure")
    try:
        cube.revise(item.id, "Inês eats everything")
        refusal = "nothing refused it"
    except ItemFrozen as error:
        refusal = f"{type(error).__name__}: {error}"
    return Chapter(
        title="It protects what must not change",
        says="A frozen memory can be neither changed nor forgotten until it is thawed.",
        call=f'cube.remember("{item.content}", kind="preference", because="said on 17 September")\n'
        f'cube.freeze("{short(item.id)}", because="she was asked twice and is sure")\n'
        f'cube.revise("{short(item.id)}", "Inês eats everything")',
        columns=("memory", "state", "the change"),
        rows=((item.content, str(cube.show(item.id).state), refusal),),
    )


def _retired(cube: remanence.Cube) -> Chapter:
    question = "a menu for the Thursday crew with pumpkin soup"
    wrong = "walnut and sage pesto"
    menus = cube.recall(question, k=100, sessions=[MENU_SESSION])
    item = next(hit.item for hit in menus if wrong in hit.item.content)

    def row(step: str) -> Row:
        there = any(hit.item.id == item.id for hit in cube.recall(question, k=20))
        return (step, "found" if there else "not found", str(cube.show(item.id).state))

    rows = [row("before")]
    cube.forget(item.id, because="bad advice: she was allergic to walnuts")
    rows.append(row("forgotten"))
    line = cube.journal(limit=1)[0].sequence
    cube.undo(line, because="keep it as a warning")
    rows.append(row("undone"))
    return Chapter(
        title="It forgets, and can take that back",
        says="The assistant once proposed a dish with walnuts to somebody who was allergic to them. "
        "Forgotten, that message is archived: kept, and recalled no more. Every such change is a line of a "
        "journal and can be undone.",
        call=f'cube.forget("{short(item.id)}", because="bad advice: she was allergic to walnuts")\n'
        f"cube.undo({line})",
        columns=("step", "by recall", "state"),
        rows=tuple(rows),
    )


def _erased(cube: remanence.Cube, path: Path) -> Chapter:
    hits = cube.recall("the door code of my building", k=100, sessions=[SECRET_SESSION])
    holders = [hit.item.id for hit in hits if SECRET in hit.item.content]
    before = _occurrences(path)
    for item_id in holders:
        cube.forget(item_id, erase=True, because="Inês asked for it")
    after = _occurrences(path)
    faults = cube.check()
    return Chapter(
        title="It erases, and proves it",
        says=f"At Christmas Inês told it a door code, {SECRET}, and in June she asked to have it erased, "
        "properly. The demo itself reads the bytes of the file, and of the log beside it, before and after.",
        call="\n".join(
            f'cube.forget("{short(item_id)}", erase=True, because="Inês asked for it")' for item_id in holders
        ),
        columns=("the bytes of", f"{SECRET} before", f"{SECRET} after"),
        rows=tuple((name, str(before.get(name, 0)), str(after.get(name, 0))) for name in {**before, **after}),
        note=f"{_receipts(cube, holders)} The journal's chain of hashes still holds: cube.check() finds "
        f"{'no fault' if not faults else '; '.join(faults)}.",
    )


def _context(cube: remanence.Cube) -> Chapter:
    task, budget_tokens = "Can I cook with walnuts for Inês?", 200
    made = cube.context(task, budget=budget_tokens)
    return Chapter(
        title="It fills a prompt, within a budget",
        says="What a language model is to know before it answers comes as text of at most so many tokens, "
        "each line with its day, its speaker and the id of the memory it cites.",
        call=f'cube.context("{task}", budget={budget_tokens}).text',
        text=made.text,
        note=f"{made.tokens} of {budget_tokens} tokens, {len(made.items)} memories cited.",
    )


def _promised(cube: remanence.Cube) -> Chapter:
    rows = [
        (
            one.state.value,
            f"{one.promiser} to {', '.join(one.terms.promisees)}",
            one.words,
            "standing" if one.terms.due is None else f"{one.terms.due:%Y-%m-%d}",
        )
        for one in cube.promises()
    ]
    checked = [one for one in cube.check_promises().checked if one.looked_at]
    kept = [one.words for one in checked if not one.breaches]
    broken = [f"{one.words} ({one.breaches[0].what})" for one in checked if one.breaches]
    judged = f"Of its own promises {len(checked)} could be judged. Kept: {' '.join(kept) or 'none.'}"
    return Chapter(
        title="It keeps account of what was promised",
        says="Who promised what to whom, and until when, was heard in the conversation. The memory has "
        "promises of its own, and checks them against the record.",
        call="cube.promises(), cube.check_promises()",
        columns=("state", "who to whom", "in these words", "due"),
        rows=tuple(rows),
        note=f"{judged} Broken: {' '.join(broken)}" if broken else judged,
    )


def _timed(cube: remanence.Cube, path: Path, told: Told) -> Chapter:
    count, took = cube.stats().counts["items"], []
    for question in NEVER_ASKED:
        started = time.perf_counter()
        cube.recall(question)
        took.append(_since(started))
    return Chapter(
        title="How long it took",
        says="On this machine, with no server, no key and no network.",
        call="",
        columns=("what", "milliseconds"),
        rows=(
            ("observe a message, embedding included", f"{told.heard_ms:.1f}"),
            ("open the file in a new process", f"{told.open_ms:.1f}"),
            ("the first recall: load the model, read all memories", f"{told.first_ms:.1f}"),
            (f"a recall, median of {len(took)} new questions", f"{statistics.median(took):.1f}"),
            ("the slowest of them", f"{max(took):.1f}"),
        ),
        note=f"The file has {path.stat().st_size / 1e6:.2f} MB for {count:,} memories.",
    )


def _occurrences(path: Path) -> dict[str, int]:
    """How often the secret stands in the file and in what lies beside it."""
    return {
        one.name: one.read_bytes().count(SECRET.encode()) for one in sorted(path.parent.glob(path.name + "*"))
    }


def _receipts(cube: remanence.Cube, holders: list[ItemId]) -> str:
    receipts = [receipt for receipt in cube.erased() if set(receipt.items) & set(holders)]
    pending = any(receipt.pending for receipt in receipts)
    return f"{len(receipts)} receipts say: {'pending' if pending else 'gone from every page'}."


def _best(hits: list[Hit]) -> str:
    return hits[0].item.content if hits else "nothing"


def _cited(hit: Hit) -> str:
    item = hit.item
    derived = f", from {short(item.sources[0])}" if item.sources else ""
    return f"{item.content}\n({short(item.id)}{derived}: {item.author}, {item.said_at:%d %b %Y})"


def _why(hit: Hit) -> str:
    speaking_for = [part for part in hit.why.parts if part.contribution > 0]
    return "\n".join(
        f"{part.contribution:+.1f} {PLAIN_REASONS.get(part.name, part.name)}"
        for part in speaking_for[:PARTS_SHOWN]
    )


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
