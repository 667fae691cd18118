"""An export that a server makes and this machine keeps."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import cast

from remanence.errors import NotOffered
from remanence.remote.asking import UNHEARD, Asked, plain
from remanence.remote.wire import Sent, Steps, delivered
from remanence.vault.exporting import Exported
from remanence.vault.target import new_file

SUMMARY_HEADER = "remanence-export"
HERE = ("path", "overwrite", *UNHEARD)  # arguments that are about this machine


def exported(asked: Asked) -> Steps[Exported]:
    """Ask for the export, and write it as it comes; it stands at its path whole or not at all."""
    if asked["form"] == "markdown":
        raise NotOffered(
            "a folder of notes is not sent by a server; export jsonl, `remanence load` it, and export that"
        )
    path = Path(os.fspath(cast("str", asked["path"]))).expanduser()
    query = {name: plain(one, name) for name, one in asked.items() if name not in HERE and one is not None}
    with new_file(path, overwrite=bool(asked.get("overwrite"))) as file:
        answer = yield from delivered(Sent("GET", "export", query, taken=file.write))
    told = json.loads(answer.headers[SUMMARY_HEADER])
    return Exported(str(asked["form"]), path, told["counts"], told["complete"], told["size_bytes"])
