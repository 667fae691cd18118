"""What SQLite itself can say about a file: its pages, its references, its text index."""

from __future__ import annotations

import apsw

from remanence.storage.sqlite.statements import statements

FAULTS_MAX = 20


def structural_faults(db: apsw.Connection) -> list[str]:
    """Faults of pages, references and the text index, as sentences; empty when there are none."""
    faults = [
        f"pages: {text}"
        for (text,) in db.execute(statements()["select_integrity"], {"faults_max": FAULTS_MAX})
        if text != "ok"
    ]
    for table, row, parent, _ in db.execute("PRAGMA foreign_key_check"):
        faults.append(f"references: row {row} of {table} points at a row of {parent} that is not there")
        if len(faults) >= FAULTS_MAX:
            break
    return faults
