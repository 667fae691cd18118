"""docs/lifecycle.md says what the code says: its tables are the code's own."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

from remanence.lifecycle.rules import ACTIONS
from remanence.lifecycle.sameness import SAME_SLOT_COSINE
from remanence.model.ageing import COLD, DECAY
from remanence.model.state import RECALLED, State, may_become
from remanence.recall.activation import REST_DAYS
from remanence.recall.rank import ACTIVATION
from remanence.storage.marks_port import LATEST_USES
from remanence.verbs.rule_fields import FIELDS

PAGE = (Path(__file__).parents[2] / "docs" / "lifecycle.md").read_text("utf-8")


def table(head: str) -> list[list[str]]:
    """The rows of the table whose first line is this one."""
    _, found, rest = PAGE.partition(f"{head}\n| ---")
    assert found, head
    lines = rest.split("\n\n")[0].splitlines()[1:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_drawn_moves_are_those_of_the_transition_table() -> None:
    states = [state.value for state in State]
    rows = table(f"| from | {' | '.join(states)} |")
    assert rows == [
        [state.value, *("●" if may_become(state, target) else "" for target in State)] for state in State
    ]
    recalled = re.search(r"Generated, active, dormant and frozen items are recalled", PAGE)
    assert recalled
    assert {State.GENERATED, State.ACTIVE, State.DORMANT, State.FROZEN} == RECALLED


def test_the_rates_are_those_of_the_table_of_decay() -> None:
    assert table("| kind | d |") == [[kind.value, str(rate)] for kind, rate in DECAY.items()]


def test_the_fields_and_actions_are_those_that_rules_have() -> None:
    assert table("| field | is | means |") == [
        [f"`{name}`", field.type.value, field.meaning] for name, field in FIELDS.items()
    ]
    assert table("| then | what becomes of it |") == [
        [f"`{action.name}`", action.meaning] for action in ACTIONS.values()
    ]


def test_the_rules_that_ship_are_printed_as_they_are() -> None:
    shipped = (resources.files("remanence.lifecycle") / "data" / "rules.toml").read_text("utf-8")
    (printed,) = re.findall(r"^```toml\n(.*?)^```", PAGE, re.M | re.S)
    assert printed == shipped[shipped.index("[[rule]]") :]
    assert f"activation < {COLD}" in printed


def test_the_numbers_it_names_are_those_of_the_code() -> None:
    assert f"{ACTIVATION} log-odds for each unit" in PAGE
    assert f"cosine {SAME_SLOT_COSINE}" in PAGE
    assert f"activation is below {COLD}" in PAGE
    assert (LATEST_USES, REST_DAYS) == (4, 100.0), "the page says four latest uses, and a hundred days"
