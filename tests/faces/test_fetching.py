"""What somebody sees while the model is fetched."""

from __future__ import annotations

import pytest

from remanence.faces.cli.fetching import FetchBar


def test_where_there_is_no_terminal_each_fetch_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    bar = FetchBar()
    for done in range(0, 91_000_001, 1_000_000):
        bar(done, 91_000_000, "model.safetensors")
    bar(10, 700_000, "tokenizer.json")
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [
        "fetching model.safetensors (91 MB, once)",
        "fetching tokenizer.json (1 MB, once)",
    ]
