"""The commands of the lifecycle, as somebody at a terminal meets them."""

from __future__ import annotations

from pathlib import Path

from command_line import CommandLine

RULES = """
[[rule]]
name = "drinks"
when = 'kind == "fact" and "drink" in tags'
then = "archive"
"""


def write(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_plan_shows_what_why_and_by_which_rule_and_apply_is_undone(
    rem: CommandLine, tmp_path: Path
) -> None:
    item = rem.remember("Alice drinks green tea", "--tag", "drink")
    rem.remember("Alice eats bread")
    rules = write(tmp_path / "rules.toml", RULES)
    shown = rem("lifecycle", "plan", "--rules", rules).out
    assert f"archive {item[:8]}" in shown
    assert "Alice drinks green tea" in shown
    assert "rule 1, drinks: kind=fact, tags={drink}" in shown
    assert "1 of 2 items would be touched; nothing was changed" in shown
    (touched,) = rem("lifecycle", "plan", "--rules", rules, "--json").json["touched"]
    assert touched["steps"] == [
        {"rule": "drinks", "then": "archive", "because": {"kind": "fact", "tags": ["drink"]}}
    ]
    applied = rem("lifecycle", "apply", "--rules", rules, "--because", "tidying").out
    assert "applied archive 1; change 3 can be undone" in applied
    assert rem("show", item, "--json").json["state"] == "archived"
    assert "no rule fits any of 2 items" in rem("lifecycle", "apply", "--rules", rules).out
    rem("undo", "3")
    assert rem("show", item, "--json").json["state"] == "active"


def test_rules_erase_only_where_that_is_allowed(rem: CommandLine, tmp_path: Path) -> None:
    item = rem.remember("a secret", "--tag", "drink")
    rules = write(tmp_path / "rules.toml", RULES.replace("archive", "erase"))
    assert "An erasure would take, for good" in rem("lifecycle", "plan", "--rules", rules).out
    assert "allow it with allow_erase (--allow-erase)" in rem.refuses("lifecycle", "apply", "--rules", rules)
    assert rem("show", item, "--json").json["state"] == "active"
    assert "erased" in rem("lifecycle", "apply", "--rules", rules, "--allow-erase").out
    assert rem("show", item, "--json").json["state"] == "erased"


def test_a_wrong_rule_file_is_one_line_that_names_it(rem: CommandLine, tmp_path: Path) -> None:
    rem.remember("tea")
    rules = write(tmp_path / "rules.toml", RULES.replace("kind ==", "colour =="))
    told = rem.refuses("lifecycle", "plan", "--rules", rules)
    assert "rules.toml, rule 1: when" in told
    assert "there is no field 'colour'" in told
    assert "can't be read" in rem.refuses("lifecycle", "plan", "--rules", str(tmp_path / "none.toml"))
    assert "neither plan nor apply" in rem.refuses("lifecycle", "dream", code=2)
    assert "go with apply" in rem.refuses("lifecycle", "plan", "--allow-erase", code=2)


def test_what_is_used_is_said_so_and_ageing_can_be_left_out(rem: CommandLine) -> None:
    item = rem.remember("Alice drinks green tea")
    assert "last used" not in rem("show", item).out
    assert "marked 1 items as used" in rem("used", item, item[:12], "--because", "it helped").out
    assert "last used" in rem("show", item).out
    assert rem("show", item, "--json").json["uses"] == 1
    assert "activation" in rem("recall", "tea", "--why").out
    assert "activation" not in rem("recall", "tea", "--why", "--no-ageing").out
    assert "green tea" in rem("context", "tea", "--no-ageing").out


def test_an_expiry_is_set_and_lifted(rem: CommandLine) -> None:
    item = rem.remember("guest wifi", "--expires", "2999-01-01")
    assert "lifted the end of" in rem("expire", item, "--never").out
    assert "set the end of" in rem("expire", item, "--at", "2999-01-01").out
    assert "recalled until  2999-01-01" in rem("show", item).out
    assert "has passed" in rem.refuses("expire", item, "--at", "2020-01-01")
    assert "one of --at DATE and --never" in rem.refuses("expire", item, code=2)


def test_consolidate_says_what_became_one(rem: CommandLine) -> None:
    one = rem.remember("the lift is broken", "--valid-from", "2026-01-05")
    two = rem.remember("The lift is broken.", "--valid-from", "2026-01-06")
    told = rem("consolidate").out
    assert "1 item merged into 1" in told
    assert f"{one[:8]} goes on for {two[:8]}" in told
    assert "nothing is to consolidate" in rem("consolidate").out
    assert "above 0" in rem.refuses("consolidate", "--seconds", "0")


def test_verify_holds_after_an_erasure_and_on_an_earlier_head(rem: CommandLine) -> None:
    item = rem.remember("a secret")
    before = rem("verify", "--json").json
    assert (before["holds"], before["lines"]) == (True, 1)
    rem("forget", item, "--erase", "--yes", "--because", "asked to")
    told = rem("verify", "--head", before["head"]).out
    assert "holds: 2 lines" in told
    assert "after 1 erasures of 1 items" in told
    other = rem("verify", "--head", "ab" * 32, code=1)
    assert "no line bears the head" in other.out
    assert "is not a hash" in rem.refuses("verify", "--head", "xyz")


def test_receipts_say_what_kind_by_whom_and_why(rem: CommandLine) -> None:
    item = rem.remember("a secret", "--kind", "goal")
    digests = [line["hash"] for line in rem("journal", "--json").json["lines"]]
    rem("forget", item, "--erase", "--yes", "--because", "asked to")
    (receipt,) = rem("erased", "--json").json["receipts"]
    assert (receipt["kinds"], receipt["actor"], receipt["reason"]) == (["goal"], "user", "asked to")
    assert len(receipt["digests"]) == len(digests) == 1
    assert all(word in rem("erased").out for word in ("goal", "asked to", receipt["digests"][0][:16]))
