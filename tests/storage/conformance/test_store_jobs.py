"""Jobs and readings: what waits, who holds it, what is parked, and who has read what."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from stored import START, keep, said

from remanence.model.item import Revision
from remanence.model.kind import Kind
from remanence.model.state import State
from remanence.storage.jobs_port import LLM, RULES, ParkedJob, Unread
from remanence.storage.port import Store, Transaction

NOW = START + timedelta(days=1)
SOON = NOW + timedelta(minutes=1)
LATER = NOW + timedelta(hours=1)


def message(text: str, turn: int, session: str = "s", **more: object) -> Revision:
    fields: dict[str, object] = {
        "kind": Kind.UTTERANCE,
        "method": "observed",
        "session": session,
        "turn": turn,
    }
    return said(text, **(fields | more))


def queued(tx: Transaction, *rows: Revision) -> list[Revision]:
    kept = keep(tx, rows)
    tx.queue_items([row.item_id for row in kept], at=NOW)
    return kept


def waiting(store: Store, *, at: object = NOW, limit: int = 100) -> list[str]:
    with store.read() as snapshot:
        jobs = snapshot.due_jobs(at, limit=limit)  # type: ignore[arg-type]  # a time
        rows = snapshot.revisions([job.revision for job in jobs])
    return [rows[job.revision].content.text for job in jobs]


def test_what_is_due_is_one_conversation_in_its_order_from_the_oldest_job_on(store: Store) -> None:
    with store.write() as tx:
        queued(tx, message("a1", 1), message("b0", 0, "other"), message("a0", 0), message("a2", 2))
    assert waiting(store) == ["a1", "a2"]
    assert waiting(store, limit=1) == ["a1"]
    with store.read() as snapshot:
        assert snapshot.job_counts() == (4, 0)


def test_a_change_set_queues_the_messages_of_people_and_assistants_once(store: Store) -> None:
    with store.write() as tx:
        rows = keep(
            tx,
            [
                message("user", 0),
                message("tool", 1, role="tool"),
                message("assistant", 2, role="assistant"),
                said("a fact"),
            ],
        )
        tx.queue_change(rows[0].opened_by, at=NOW)
        tx.queue_change(rows[0].opened_by, at=NOW)
    assert waiting(store) == ["user", "assistant"]


def test_a_lease_is_its_holders_until_it_ends_and_can_be_made_longer(store: Store) -> None:
    with store.write() as tx:
        queued(tx, message("one", 0), message("two", 9, "other"))
        (job,) = tx.due_jobs(NOW, limit=1)
        tx.lease_jobs([job.number], lease=7, until=SOON)
    assert waiting(store) == ["two"]
    assert waiting(store, at=SOON) == ["one"]
    with store.write() as tx:
        assert tx.extend_lease(7, until=LATER)
        assert not tx.extend_lease(8, until=LATER)
        assert [held.item_id for held in tx.leased_jobs(7)] == [job.item_id]
    assert waiting(store, at=SOON) == ["two"]
    with store.write() as tx:
        tx.close_jobs(8, [job.item_id])
        assert tx.job_counts() == (2, 0), "only its holder closes a job"
        tx.close_jobs(7, [job.item_id])
    with store.read() as snapshot:
        assert (snapshot.job_counts(), snapshot.leased_jobs(7)) == ((1, 0), [])


def test_what_fails_waits_and_is_parked_at_last(store: Store) -> None:
    with store.write() as tx:
        (row,) = queued(tx, message("one", 0))
        for number in (1, 2):
            (job,) = tx.due_jobs(LATER, limit=1)
            assert job.attempts == number - 1
            tx.lease_jobs([job.number], lease=number, until=SOON)
            tx.put_back(number, not_before=LATER, error="unreadable", attempts_max=2)
            assert tx.due_jobs(SOON, limit=1) == []
        assert tx.due_jobs(LATER, limit=1) == []
        assert tx.job_counts() == (0, 1)
        assert tx.parked_jobs(limit=9) == [ParkedJob(row.item_id, 2, "unreadable")]
        assert tx.retry_parked([]) == 0
        assert tx.retry_parked([row.item_id]) == 1
        assert [job.attempts for job in tx.due_jobs(NOW, limit=1)] == [0]
        assert tx.retry_parked(None) == 0


def test_what_was_tried_less_comes_first_and_what_is_released_as_it_was(store: Store) -> None:
    with store.write() as tx:
        queued(tx, message("one", 0), message("two", 0, "other"))
        (job,) = tx.due_jobs(NOW, limit=1)
        tx.lease_jobs([job.number], lease=1, until=SOON)
        tx.release_jobs(1)
        assert [again.attempts for again in tx.due_jobs(NOW, limit=1)] == [0]
        tx.lease_jobs([job.number], lease=2, until=SOON)
        tx.put_back(2, not_before=NOW, error="busy", attempts_max=99)
    assert waiting(store) == ["two"]


def test_only_what_is_live_waits(store: Store) -> None:
    with store.write() as tx:
        one, two, three = queued(tx, message("one", 0), message("two", 1), message("three", 2))
        keep(tx, [replace(one, state=State.ARCHIVED)], closed=[one], known=[one.item_id])
        tx.erase_content([two.item_id])
        assert tx.job_counts() == (1, 0)
    assert waiting(store) == ["three"]
    with store.write() as tx:
        (retired,) = tx.rows_of([one.item_id])
        keep(tx, [replace(one, state=State.ACTIVE)], closed=[retired], known=[one.item_id])
        assert tx.job_counts() == (2, 0)
        assert three.item_id in {job.item_id for job in tx.due_jobs(NOW, limit=9)}


def test_the_latest_reading_of_a_family_counts_until_it_is_withdrawn(store: Store) -> None:
    with store.write() as tx:
        one, two = keep(tx, [message("one", 0), message("two", 1)])
        tx.note_readings_of_change(one.opened_by, family=RULES, identity="rules:1")
        assert tx.unread(RULES, "rules:1") == []
        assert tx.unread(RULES, "rules:2") == [Unread(one.id, "rules:1"), Unread(two.id, "rules:1")]
        assert tx.unread(LLM, "llm:m:1") == [Unread(one.id, None), Unread(two.id, None)]
        tx.note_readings([(one.item_id, one.text_id)], family=RULES, identity="rules:2", change_set=50)
        assert tx.unread(RULES, "rules:2") == [Unread(two.id, "rules:1")]
        assert tx.unread(RULES, "rules:1") == [Unread(one.id, "rules:2")]
        tx.withdraw_readings(50, by=60)
        assert tx.unread(RULES, "rules:1") == []
        tx.withdraw_readings(60, by=70)
        assert tx.unread(RULES, "rules:1") == [Unread(one.id, "rules:2")]
        tx.withdraw_readings_after(one.opened_by, by=80)
        assert tx.unread(RULES, "rules:1") == []


def test_what_waits_in_the_queue_is_not_unread_beside_it(store: Store) -> None:
    with store.write() as tx:
        one, two = keep(tx, [message("one", 0), message("two", 1)])
        tx.queue_items([one.item_id], at=NOW)
        assert tx.unread(LLM, "llm:m:1") == [Unread(two.id, None)]
        assert len(tx.unread(RULES, "rules:1")) == 2
