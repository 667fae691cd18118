"""The journal read in parts: each line once, whatever is written between two of them."""

from __future__ import annotations

import remanence


def test_parts_of_the_journal_give_every_line_once(cube: remanence.Cube) -> None:
    item = cube.remember("Alice likes tea")
    for number in range(6):
        cube.revise(item.id, f"Alice likes tea number {number}")
        cube.remember(f"something else {number}")
    whole = [line.sequence for line in cube.journal()]
    of_item = [line.sequence for line in cube.journal(item=item.id)]
    for named, wanted in ((None, whole), (item.id, of_item)):
        found: list[int] = []
        while part := cube.journal(limit=2, item=named, before=found[-1] if found else None):
            found += [line.sequence for line in part]
            if len(found) == 2:
                cube.remember("written between two parts")
        assert found == wanted
    assert cube.journal(before=2**70) == cube.journal()
