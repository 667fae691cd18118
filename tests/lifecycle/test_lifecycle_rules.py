"""Lifecycle rules: what they fit and why, what they do and undo, and that wrong files change nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from derived_rows import derive, stated
from hypothesis import given
from hypothesis import strategies as st

from opening import OpenCube
from remanence import Cube, Item, Verb
from remanence.errors import InvalidInput, ItemFrozen, Refused
from remanence.lifecycle.expressions import FieldType, read_condition
from remanence.lifecycle.rules import ACTIONS, shipped_rules
from remanence.model.state import State
from remanence.verbs.rule_fields import FIELDS, TYPES
from ticking import TickingClock

YEAR = timedelta(days=365)
WriteRules = Callable[..., Path]


@pytest.fixture
def cube(open_cube: OpenCube) -> Cube:
    return open_cube(embedder=None)


@pytest.fixture
def rules(tmp_path: Path) -> WriteRules:
    """Writes a file of rules, each (when, then) and perhaps more lines."""

    def write(*listed: tuple[str, ...]) -> Path:
        path = tmp_path / "rules.toml"
        tables = [
            f"[[rule]]\nname = 'rule {number}'\nwhen = '''{when}'''\nthen = '{then}'\n" + "\n".join(more)
            for number, (when, then, *more) in enumerate(listed, 1)
        ]
        path.write_text("\n\n".join(tables), encoding="utf-8")
        return path

    return write


def states(cube: Cube, *items: Item) -> list[str]:
    return [cube.show(item.id).state.value for item in items]


def fitting(cube: Cube, path: Path) -> set[str]:
    return {cube.show(touched.item_id).content for touched in cube.plan_lifecycle(path).touched}


def test_a_plan_says_which_rule_fits_which_item_and_why_and_changes_nothing(
    cube: Cube, rules: WriteRules, clock: TickingClock
) -> None:
    old = cube.remember("an old memory")
    clock.step(YEAR)
    cube.remember("a new memory")
    before = cube.stats().journal_head
    plan = cube.plan_lifecycle(rules(("age_days > 100 and uses == 0", "archive")))
    (touched,) = plan.touched
    (step,) = touched.steps
    assert (touched.item_id, plan.looked_at) == (old.id, 2)
    assert (step.rule.name, step.rule.action.name) == ("rule 1", "archive")
    assert step.values["uses"] == 0
    assert step.values["age_days"] == pytest.approx(365, abs=0.1)
    assert cube.stats().journal_head == before


@pytest.mark.parametrize("action", sorted(set(ACTIONS) - {"erase", "merge", "expire", "summarise", "wake"}))
def test_what_a_rule_does_is_journaled_with_its_cause_and_undone(
    cube: Cube, rules: WriteRules, action: str
) -> None:
    item, other = cube.remember("tea", tags=["drink"]), cube.remember("bread")
    applied = cube.apply_lifecycle(rules(("'drink' in tags", action)), because="tidying up")
    target = ACTIONS[action].target
    assert target is not None
    assert states(cube, item, other) == [target.value, "active"]
    (line,) = cube.journal(limit=1)
    assert (line.change_set, line.verb) == (applied.change_set, ACTIONS[action].verb)
    assert (line.entry.detail["rule"], line.reason) == (1, "tidying up")
    assert cube.plan_lifecycle(rules(("'drink' in tags", action))).touched == ()
    cube.undo(line.sequence)
    assert states(cube, item, other) == ["active", "active"]
    assert cube.check() == ()


def test_all_that_the_rules_do_is_one_change_and_its_reason_names_them(cube: Cube, rules: WriteRules) -> None:
    one, two = cube.remember("one", kind="event"), cube.remember("two", kind="goal")
    cube.apply_lifecycle(rules(("kind == 'event'", "archive"), ("kind == 'goal'", "freeze")))
    lines = cube.journal(limit=2)
    assert len({line.change_set for line in lines}) == 1
    assert {line.reason for line in lines} == {"lifecycle rules: 1 rule 1, 2 rule 2"}
    assert states(cube, one, two) == ["archived", "frozen"]


def test_what_rests_on_it_alone_goes_along(cube: Cube, rules: WriteRules) -> None:
    sources = [cube.remember("one", tags=["a"]), cube.remember("two", tags=["b"])]
    derived = [derive(cube, f"from {source.content}", (source, None)) for source in sources]
    cube.apply_lifecycle(rules(("'a' in tags", "archive"), ("'b' in tags", "retire")))
    assert states(cube, *sources, *derived) == ["archived"] * 4
    cube.undo(cube.journal(limit=1)[0].sequence)
    assert states(cube, *sources, *derived) == ["active"] * 4


def test_an_item_goes_on_from_rule_to_rule_until_none_fits(cube: Cube, rules: WriteRules) -> None:
    item = cube.remember("tea")
    path = rules(("state == 'active'", "dormant"), ("state == 'dormant'", "archive"))
    (touched,) = cube.plan_lifecycle(path).touched
    assert [step.rule.number for step in touched.steps] == [1, 2]
    cube.apply_lifecycle(path)
    assert states(cube, item) == ["archived"]
    cube.undo(2)
    assert states(cube, item) == ["active"]


def test_rules_that_feed_each_other_without_end_are_refused(cube: Cube, rules: WriteRules) -> None:
    item = cube.remember("tea")
    path = rules(("state == 'active'", "dormant"), ("state == 'dormant'", "wake"))
    before = cube.stats().journal_head
    for call in (cube.plan_lifecycle, cube.apply_lifecycle):
        with pytest.raises(InvalidInput, match="'rule 1' and 'rule 2' feed each other without end"):
            call(path)
    assert (states(cube, item), cube.stats().journal_head) == (["active"], before)


def test_frozen_items_are_touched_by_no_rule(cube: Cube, rules: WriteRules) -> None:
    item = cube.remember("tea")
    cube.freeze(item.id)
    for action in sorted(set(ACTIONS) - {"expire"}):
        assert cube.plan_lifecycle(rules(("True", action))).touched == ()


def test_a_rule_sets_an_expiry_once(cube: Cube, rules: WriteRules, clock: TickingClock) -> None:
    item = cube.remember("a parking permit")
    path = rules(("True", "expire", "after_days = 30"))
    cube.apply_lifecycle(path)
    assert cube.plan_lifecycle(path).touched == ()
    clock.step(timedelta(days=31))
    assert cube.recall("parking permit") == []
    cube.apply_lifecycle()
    assert states(cube, item) == ["archived"]
    day = rules(("True", "expire", "at = 2020-01-01"))
    for call in (cube.plan_lifecycle, cube.apply_lifecycle):
        with pytest.raises(InvalidInput, match="rule 1, 'rule 1': the expiry 2020-01-01 has passed"):
            call(day)


def test_merge_merges_what_fits_into_what_says_the_same(cube: Cube, rules: WriteRules) -> None:
    one, two, alone = (stated(cube, text) for text in ("the lift is broken", "The lift is broken.", "tea"))
    path = rules(("kind == 'fact'", "merge"), ("kind == 'fact'", "dormant"))
    touched = {touched.item_id: touched for touched in cube.plan_lifecycle(path).touched}
    assert touched[two.id].into == one.id if two.id in touched else True
    cube.apply_lifecycle(rules(("kind == 'fact'", "merge")))
    assert states(cube, one, two, alone) == ["active", "merged", "active"]
    assert [item.id for item in cube.merged(one.id)] == [two.id]
    assert cube.plan_lifecycle(rules(("kind == 'fact'", "merge"))).touched == ()


def test_erasures_need_leave_and_leave_a_receipt(cube: Cube, rules: WriteRules) -> None:
    item, other = cube.remember("a secret", tags=["secret"]), cube.remember("tea")
    path = rules(("'secret' in tags", "erase"), ("kind == 'fact'", "dormant"))
    before = cube.stats().journal_head
    with pytest.raises(Refused, match="'rule 1' erases 1 items, which can't be undone; allow it"):
        cube.apply_lifecycle(path)
    assert cube.stats().journal_head == before
    applied = cube.apply_lifecycle(path, allow_erase=True)
    assert applied.receipt is not None
    assert applied.receipt.items == (item.id,)
    assert states(cube, item, other) == ["erased", "dormant"]
    assert applied.change_set is not None
    cube.undo(applied.change_set)
    assert states(cube, item, other) == ["erased", "active"]
    assert cube.check(head=applied.receipt.journal_head) == ()


def test_an_erasure_that_would_take_something_frozen_changes_nothing(cube: Cube, rules: WriteRules) -> None:
    source, other = cube.remember("a secret", tags=["secret"]), cube.remember("tea")
    cube.freeze(derive(cube, "from it", (source, None)).id)
    before = cube.stats().journal_head
    with pytest.raises(ItemFrozen):
        cube.apply_lifecycle(
            rules(("'secret' in tags", "erase"), ("kind == 'fact'", "dormant")), allow_erase=True
        )
    assert (states(cube, other), cube.stats().journal_head) == (["active"], before)


def test_the_shipped_rules_erase_nothing_and_settle(cube: Cube, clock: TickingClock) -> None:
    assert not {rule.action.name for rule in shipped_rules(TYPES)} & {"erase", "retire", "merge"}
    item = cube.remember("tea")
    cube.observe([{"role": "user", "content": "coffee"}])
    clock.step(3 * YEAR)
    cube.apply_lifecycle()
    assert states(cube, item) == ["dormant"]
    before = cube.stats().journal_head
    assert cube.apply_lifecycle().change_set is None
    assert cube.stats().journal_head == before


FITS = {
    "kind == 'fact'": {"a", "b"},
    "kind in ['goal', 'event']": {"c"},
    "kind not in ('goal', 'fact')": set(),
    "confidence < 0.5": {"b"},
    "not confidence < 0.5": {"a", "c"},
    "0.4 < confidence <= 0.9": {"a", "c"},
    "uses > 0 or domain == 'work'": {"a", "c"},
    "domain != None": {"c"},
    "domain == None and session == 'été'": {"b"},
    "'größe' in tags": {"a"},
    "'größe' not in tags": {"b", "c"},
    "author == 'Bob'": {"b"},
    "author == 'Alice' and trust == 'user' and role == 'user' and method == 'stated'": {"a", "c"},
    "ended_days > 1": {"c"},
    "expires_in_days < 400": {"b"},
    "activation > -1 and tokens > 0 and evidence >= 2": {"a"},
    "unused_days * 2 + 1 < 3 - -1": {"a"},
    "age_days >= 364": {"a", "b", "c"},
}


@pytest.mark.parametrize("when", FITS)
def test_conditions_fit_what_they_say(cube: Cube, rules: WriteRules, clock: TickingClock, when: str) -> None:
    a = cube.remember("a", tags=["größe"])
    cube.remember("b", confidence=0.3, author="Bob", session="été", expires=clock.time + 2 * YEAR)
    cube.remember("c", kind="goal", domain="work", valid_to="2026-05-01")
    clock.step(YEAR)
    cube.used(a.id)
    assert fitting(cube, rules((when, "archive"))) == FITS[when]


WRONG = {
    "kind = 'fact'": "can't be read at character",
    "kind ==": "can't be read at character",
    "colour == 'red'": "there is no field 'colour'; the fields are: kind, state, age_days",
    "kind": "it is a text; compare it with something",
    "kind > 3": "'kind' is a text; only numbers have an order",
    "kind == 3": "'kind' is a text and '3' a number; only alike can be compared",
    "tags == 'a'": "only alike can be compared",
    "'a' in kind": "must be a set of texts|takes a set of texts",
    "kind in tags": "must be a text in quotation marks",
    "age_days and uses": "'and' takes true or false",
    "-kind == 3": "takes a number",
    "__import__('os').system('true')": "is not part of the language",
    "kind.__class__ == 'a'": "is not part of the language",
    "(lambda: True)()": "is not part of the language",
    "[x for x in tags]": "is not part of the language",
    "age_days ** 9 > 1": "is not part of the language",
    "kind is None": "write ==",
    "(" * 900 + "uses" + ")" * 900: "can't be read",
    "not " * 480 + "True": "nested too deeply|can't be read",
    "uses == 0 or " * 200 + "uses == 1": "above CONDITION_CHARS_MAX",
    "uses == \x00": "can't be read",
}


@pytest.mark.parametrize("when", WRONG, ids=range(len(WRONG)))
def test_a_wrong_condition_is_one_clear_error(cube: Cube, rules: WriteRules, when: str) -> None:
    if "\0" in when or len(when) > 1_900:
        with pytest.raises(InvalidInput, match=WRONG[when]):
            read_condition(when, TYPES)
        return
    item = cube.remember("tea")
    with pytest.raises(InvalidInput, match=WRONG[when]) as told:
        cube.apply_lifecycle(rules((when, "archive")))
    assert "rules.toml, rule 1: " in str(told.value)
    assert states(cube, item) == ["active"]


@given(st.text(max_size=80) | st.from_regex(r"(kind|uses|tags|not|and|in|[()'0-9<>=. -])*", fullmatch=True))
def test_any_text_is_a_condition_or_one_error(text: str) -> None:
    types = {"kind": FieldType.TEXT, "uses": FieldType.NUMBER, "tags": FieldType.WORDS}
    try:
        condition = read_condition(text, types)
    except InvalidInput:
        return
    assert set(condition.fields) <= set(types)


FILES = {
    "rule = 3": "'rule' is not known",
    "[[rule]]\nwhen = 'True'\nthen = 'archive'": "rule 1: 'name' is missing",
    "[[rule]]\nname = 'a'\nwhen = 'True'": "rule 1: 'then' is missing",
    "[[rule]]\nname = 'a'\nwhen = 'True'\nthen = 'burn'": "then 'burn' is not one of: dormant, wake, archive",
    "[[rule]]\nname = 'a'\nwhen = 'True'\nthen = 'archive'\ncolour = 1": "'colour' is not known",
    "[[rule]]\nname = 'a'\nwhen = 'True'\nthen = 'expire'": "takes one of 'at'",
    "[[rule]]\nname = 'a'\nwhen = 'True'\nthen = 'expire'\nafter_days = -1": "must be a number above 0",
    "[[rule]]\nname = 'a'\nwhen = 'True'\nthen = 'expire'\nat = 'May'": "must be a date of TOML",
    "[[rule]]\nname = 'a'\nwhen = 'True'\nthen = 'archive'\nafter_days = 3": "go with then",
    "[[rule]]\nname = 'a'\nwhen = 'True'\nthen = 'wake'\n" * 2: "'a' is another rule's name already",
    "[[rule]\nname": "no TOML",
    "[settings]\nx = 1": "'settings' is not known",
}


@pytest.mark.parametrize("text", FILES, ids=range(len(FILES)))
def test_a_wrong_file_is_one_clear_error(cube: Cube, tmp_path: Path, text: str) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=FILES[text]) as told:
        cube.plan_lifecycle(path)
    assert str(path) in str(told.value)


def test_a_file_that_is_not_there_is_named(cube: Cube, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"none\.toml can't be read"):
        cube.plan_lifecycle(tmp_path / "none.toml")


def test_every_action_and_field_says_what_it_means() -> None:
    assert all(action.meaning for action in ACTIONS.values())
    assert all(field.meaning for field in FIELDS.values())
    assert {action.verb for action in ACTIONS.values()} <= set(Verb)
    assert all(not action.fits(State.FROZEN) and not action.fits(State.ERASED) for action in ACTIONS.values())


def talk(cube: Cube, session: str) -> list[str]:
    said = [
        "The boiler was serviced on Monday and the valve was replaced.",
        "Wonderful, that should keep the flat warm.",
    ]
    chat = [{"role": "user", "content": said[0]}, {"role": "assistant", "content": said[1]}]
    return list(cube.observe(chat, session=session).added)


def summaries(cube: Cube) -> list[str]:
    return [hit.item.session or "" for hit in cube.recall("boiler", kinds=["summary"], k=50)]


def test_a_rule_has_conversations_summed_up_in_the_one_change_of_all_rules(
    cube: Cube, rules: WriteRules, clock: TickingClock
) -> None:
    talk(cube, "old")
    clock.step(YEAR)
    talk(cube, "new")
    path = rules(("kind == 'utterance' and age_days > 100", "summarise"))
    assert {touched.steps[0].rule.action.name for touched in cube.plan_lifecycle(path).touched} == {
        "summarise"
    }
    applied = cube.apply_lifecycle(path)
    assert summaries(cube) == ["old"]
    again = cube.apply_lifecycle(path)
    assert (again.plan.touched, again.change_set) == ((), None), "its summary is up to date"
    assert applied.change_set is not None
    cube.undo(applied.change_set)
    assert summaries(cube) == []


def test_a_conversation_whose_messages_a_rule_moves_is_summed_up_the_next_time(
    cube: Cube, rules: WriteRules, clock: TickingClock
) -> None:
    first, _ = talk(cube, "old")
    clock.step(YEAR)
    both = rules(("role == 'user'", "archive"), ("kind == 'utterance'", "summarise"))
    cube.apply_lifecycle(both)
    assert summaries(cube) == []
    cube.apply_lifecycle(both)
    (summary,) = cube.recall("flat", kinds=["summary"])
    assert first not in summary.item.sources
    assert "boiler" not in summary.item.content


def test_a_rule_names_an_entity_by_any_of_its_names(open_cube: OpenCube, rules: WriteRules) -> None:
    cube = open_cube("read.cube", embedder=None, reader="rules")
    cube.observe(
        [
            {"role": "user", "content": "My sister Ana Souza moved to Braga."},
            {"role": "user", "content": "I will visit Ana in May."},
            {"role": "user", "content": "The garden is dry."},
        ]
    )
    path = rules(('"Ana Souza" in entities and kind == "utterance"', "archive"))
    assert fitting(cube, path) == {"My sister Ana Souza moved to Braga.", "I will visit Ana in May."}
    assert fitting(cube, rules(('"Zsófia" in entities', "archive"))) == set()
