"""Promises between cubes: signed, verified, known again, chained; and what does not verify is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from opening import OpenCube
from remanence.errors import InvalidInput, ItemErased, Refused, SignatureInvalid
from remanence.promises.signing import make_key, signed


@pytest.fixture
def key(tmp_path: Path) -> str:
    return make_key(tmp_path / "bob.pem")


def test_a_signed_promise_is_taken_in_once_and_chains(open_cube: OpenCube, tmp_path: Path, key: str) -> None:
    alice, bob = open_cube("alice.cube"), open_cube("bob.cube", owner="Bob")
    first = alice.promise("the figures", to="Bob")
    made = bob.promise("the Prüfbericht", to="Alice", constraints={"pages": 2}, due="2026-04-01")
    taken = alice.accept_promise(bob.sign_promise(made, key=tmp_path / "bob.pem"), key=key)
    assert (taken.promiser, taken.terms, taken.made_at) == ("Bob", made.terms, made.made_at)
    assert taken.item.revision.provenance.trust == "import"
    assert alice.accept_promise(bob.sign_promise(made, key=tmp_path / "bob.pem"), key=key).id == taken.id
    assert len(alice.promises()) == 2

    # Bob promises anew, if Alice keeps hers: in his cube her promise came signed, at home it has its own id.
    alice_key = make_key(tmp_path / "alice.pem")
    hers = bob.accept_promise(alice.sign_promise(first, key=tmp_path / "alice.pem"), key=alice_key)
    chained = bob.promise("a summary", to="Alice", given=[hers])
    back = alice.accept_promise(bob.sign_promise(chained, key=tmp_path / "bob.pem"), key=key)
    assert back.terms.conditions[0].promise == first.id
    assert back.is_binding is False
    alice.assess_promise(first, "kept", by="Bob")
    assert {one.id: one.is_binding for one in alice.promises()}[back.id] is True


def test_a_promise_ends_where_it_was_taken_in_when_it_ended_at_home(
    open_cube: OpenCube, tmp_path: Path, key: str
) -> None:
    alice, bob = open_cube("alice.cube"), open_cube("bob.cube", owner="Bob")
    made = bob.promise("tea", to="Alice")
    taken = alice.accept_promise(bob.sign_promise(made, key=tmp_path / "bob.pem"), key=key)
    bob.withdraw_promise(made)
    document = bob.sign_promise(made, key=tmp_path / "bob.pem")
    assert alice.accept_promise(document, key=key).state == "withdrawn"
    carol = open_cube("carol.cube")
    assert carol.accept_promise(document, key=key).state == "withdrawn"
    assert not carol.recall("tea", kinds=["goal"]), "what ended before it came is not handed out as live"
    alice.forget(taken.id, erase=True)
    with pytest.raises(ItemErased):
        alice.accept_promise(document, key=key)


def test_what_does_not_verify_is_refused_and_nothing_taken(
    open_cube: OpenCube, tmp_path: Path, key: str
) -> None:
    bob, alice = open_cube("bob.cube", owner="Bob"), open_cube("alice.cube")
    document = bob.sign_promise(bob.promise("tea", to="Alice"), key=tmp_path / "bob.pem")
    told = json.loads(document)
    other = make_key(tmp_path / "other.pem")
    forged = [
        (document.replace("tea", "gin"), key),
        (document, other),
        (json.dumps(told | {"signature": "00" * 64}), key),
        (json.dumps(told | {"signature": "no hex"}), key),
        (json.dumps({name: value for name, value in told.items() if name != "signature"}), key),
        (json.dumps(told | {"extra": 1}), key),
    ]
    for wrong, with_key in forged:
        with pytest.raises(SignatureInvalid, match="nothing was taken"):
            alice.accept_promise(wrong, key=with_key)
    for wrong in (
        "no JSON",
        "[]",
        json.dumps(told | {"version": 2}),
        json.dumps({"format": "x"}),
        "[" * 100_000,
    ):
        with pytest.raises(InvalidInput):
            alice.accept_promise(wrong, key=key)
    with pytest.raises(InvalidInput, match="64 hex digits"):
        alice.accept_promise(document, key="abc")
    assert len(alice.promises()) == 0
    alice.accept_promise(document, key=key)
    mallory = open_cube("mallory.cube", owner="Bob")
    with pytest.raises(Refused, match="came with the key"):
        alice.accept_promise(
            mallory.sign_promise(mallory.promise("gin", to="Alice"), key=tmp_path / "other.pem"), key=other
        )


def test_only_ones_own_promise_is_signed_with_a_key_that_fits(
    open_cube: OpenCube, tmp_path: Path, key: str
) -> None:
    bob, alice = open_cube("bob.cube", owner="Bob"), open_cube("alice.cube")
    made = bob.promise("tea", to="Alice")
    taken = alice.accept_promise(bob.sign_promise(made, key=tmp_path / "bob.pem"), key=key)
    with pytest.raises(Refused, match="hand on that document"):
        alice.sign_promise(taken, key=tmp_path / "bob.pem")
    said = alice.promise("rest", by="Bob", to="Alice", said_by="Alice")
    with pytest.raises(Refused, match="no promise"):
        alice.sign_promise(said, key=tmp_path / "bob.pem")
    (tmp_path / "wrong.pem").write_text("no key")
    with pytest.raises(InvalidInput, match="no private key"):
        bob.sign_promise(made, key=tmp_path / "wrong.pem")
    with pytest.raises(InvalidInput, match="can't be read"):
        bob.sign_promise(made, key=tmp_path / "nowhere.pem")
    with pytest.raises(InvalidInput, match="can't be written"):
        make_key(tmp_path / "bob.pem")
    assert (tmp_path / "bob.pem").stat().st_mode & 0o077 == 0


def test_nobody_ends_or_makes_anothers_promise_with_a_key_of_their_own(
    open_cube: OpenCube, tmp_path: Path, key: str
) -> None:
    alice, bob = open_cube("alice.cube"), open_cube("bob.cube", owner="Bob")
    own, heard = alice.promise("pay the rent", to="Bob"), alice.promise("tea", by="Carol", to="Bob")
    document = bob.sign_promise(bob.promise("sing", to="Alice"), key=tmp_path / "bob.pem")
    taken = alice.accept_promise(document, key=key)
    mallory = make_key(tmp_path / "mallory.pem")
    told = json.loads(document)["promise"] | {"promiser": "Mallory", "ended": "withdrawn"}
    told["terms"]["to"] = ["Zoë"]
    forged = [
        (told | {"id": own.id}, "is an item of this cube"),
        (told, "came from somebody else than Mallory"),
        (told | {"id": "0" * 25, "promiser": "Alice"}, "owner of this cube"),
        (told | {"id": "0" * 25, "promiser": " \uff21lice"}, "owner of this cube"),
        (told | {"id": "0" * 25, "promiser": "Carol"}, "promised here without a key"),
        (told | {"id": "0" * 25, "promiser": "bob"}, "came with the key"),
    ]
    lines = len(alice.journal(limit=100))
    for promise, why in forged:
        with pytest.raises(Refused, match=why):
            alice.accept_promise(signed(promise, tmp_path / "mallory.pem"), key=mallory)
    assert {one.id: one.state for one in alice.promises()} == dict.fromkeys(
        (own.id, heard.id, taken.id), "open"
    )
    assert len(alice.journal(limit=100)) == lines


@pytest.mark.parametrize(
    "change",
    [
        {"terms": {"body": "x", "to": [f"n{number}" for number in range(5_000)]}},
        {"terms": {"body": "x", "to": ["Bob"]}},
        {"terms": {"body": "x", "to": ["Alice\0"]}},
        {"terms": {"body": "x", "to": ["Alice"], "name": "n\0"}},
        {"terms": {"body": "x", "to": ["Alice"], "if": [{"words": "w"}] * 500}},
        {"terms": {"body": "x", "to": ["Alice"], "if": [{"words": "w" * 9_000}]}},
        {"terms": {"body": "x", "to": ["Alice"], "due": "0001-01-01T00:00:00+14:00"}},
        {"made_at": "9999-12-31T23:59:59-14:00"},
        {"made_at": "0001-01-01T00:00:00+14:00"},
        {"made_at": "yesterday"},
        {"made_at": "2999-01-01T00:00:00Z"},
        {"id": "abc"},
        {"promiser": "B\0b"},
    ],
)
def test_a_document_that_is_out_of_bounds_is_refused(
    open_cube: OpenCube, tmp_path: Path, key: str, change: dict[str, object]
) -> None:
    alice, bob = open_cube("alice.cube"), open_cube("bob.cube", owner="Bob")
    document = bob.sign_promise(bob.promise("sing", to="Alice"), key=tmp_path / "bob.pem")
    told = json.loads(document)["promise"] | change
    with pytest.raises(InvalidInput):
        alice.accept_promise(signed(told, tmp_path / "bob.pem"), key=key)
    assert len(alice.promises()) == 0
