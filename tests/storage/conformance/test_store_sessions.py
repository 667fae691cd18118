"""Sessions: the order in which a conversation was heard, and what of it is shown again."""

from __future__ import annotations

from datetime import timedelta

from stored import START, keep, said

from remanence.model.interval import Interval
from remanence.model.item import Revision
from remanence.model.kind import Kind
from remanence.storage.port import Store, Transaction


def hear(
    tx: Transaction, *texts: str, session: str = "s", first: int = 0, **fields: object
) -> list[Revision]:
    return keep(
        tx,
        [
            said(text, kind=Kind.UTTERANCE, method="observed", session=session, turn=turn, **fields)
            for turn, text in enumerate(texts, first)
        ],
    )


def test_places_are_told_in_order_and_by_session(store: Store) -> None:
    with store.write() as tx:
        hear(tx, "a", "b")
        hear(tx, "x", session="other")
        hear(tx, "c", first=2, message_id="m")
        assert [(turn.turn, turn.text) for turn in tx.session_tail("s", limit=9)] == [
            (0, "a"),
            (1, "b"),
            (2, "c"),
        ]
        assert [turn.said_at is not None for turn in tx.session_tail("s", limit=9)] == [False, False, True]
        assert tx.last_turn("s") == 2
        assert tx.last_turn("other") == 0
        assert tx.last_turn("unheard of") == -1
        assert tx.session_tail("unheard of", limit=9) == []
        assert sorted(tx.sessions().values()) == ["other", "s"]


def test_a_tail_has_the_last_places_the_system_turns_and_the_messages_asked_for(store: Store) -> None:
    with store.write() as tx:
        hear(tx, "rules", role="system")
        hear(tx, "a", first=1, message_id="m-a")
        hear(tx, "b", "c", "d", first=2)
        assert [turn.text for turn in tx.session_tail("s", limit=2)] == ["rules", "c", "d"]
        tail = tx.session_tail("s", limit=2, message_ids=["m-a", "m-?"])
        assert [(turn.text, turn.message_id) for turn in tail] == [
            ("rules", None), ("a", "m-a"), ("c", None), ("d", None),
        ]  # fmt: skip


def test_a_turn_shows_the_row_that_is_believed_last(store: Store) -> None:
    with store.write() as tx:
        (row,) = hear(tx, "a")
        later = said("b", item_id=row.item_id, kind=Kind.UTTERANCE, method="observed", session="s", turn=0)
        keep(tx, [later], closed=[row], known=[row.item_id])
        assert [(turn.turn, turn.text) for turn in tx.session_tail("s", limit=9)] == [(0, "b")]


def test_an_erased_turn_has_no_text_a_redacted_one_says_so_and_an_undone_one_is_no_place(
    store: Store,
) -> None:
    with store.write() as tx:
        erased, undone, redacted = hear(tx, "a", "b", "c")
        tx.erase_content([erased.item_id])
        keep(tx, [], closed=[undone])
        blank = said("\u2588 c", item_id=redacted.item_id, method="redacted", session="s", turn=2)
        keep(tx, [blank], closed=[redacted], known=[redacted.item_id])
        tail = tx.session_tail("s", limit=9)
        told = [(turn.turn, turn.text, turn.redacted) for turn in tail]
        assert told == [(0, None, False), (2, "\u2588 c", True)]
        assert tx.last_turn("s") == 2, "its number is not given again"
        tx.erase_content([redacted.item_id])
        assert [(turn.text, turn.redacted) for turn in tx.session_tail("s", limit=9)] == [(None, False)] * 2


def test_the_turns_between_two_places_are_their_open_rows(store: Store) -> None:
    with store.write() as tx:
        rows = hear(tx, "a", "b", "c", "d", valid=Interval(START + timedelta(days=1)))
        keep(tx, [], closed=[rows[1]])
        tx.erase_content([rows[3].item_id])
        assert [row.content.text for row in tx.turns_between("s", 0, 3)] == ["a", "c"]
        assert [row.content.text for row in tx.turns_between("s", 2, 2)] == ["c"]
        assert tx.turns_between("s", 7, 9) == []
        assert tx.turns_between("unheard of", 0, 9) == []


def test_who_spoke_and_in_what_role_is_told_once(store: Store) -> None:
    with store.write() as tx:
        hear(tx, "a", "b")
        hear(tx, "c", first=2, author="Bob", role="assistant")
        assert sorted(tx.authors()) == [("Alice", "user"), ("Bob", "assistant")]
