"""What the processes of a group have taken, as Linux tells it: a server, with all that it started."""

from __future__ import annotations

import os
from pathlib import Path

PAGE_BYTES = 4096


def all_of(group: int) -> list[list[str]]:
    """Of each process of a group what the system tells of it: proc(5), stat from the state on."""
    told = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(") ")[2].split()
        except OSError:  # it has just ended
            continue
        if fields[2] == str(group):  # state, parent, group, as proc(5) has it
            told.append(fields)
    return told


def resident_mib(group: int) -> float:
    """The memory that a group of processes holds; 0 where the system does not tell."""
    return sum(int(fields[21]) for fields in all_of(group)) * PAGE_BYTES / 2**20


def cpu_seconds(group: int) -> float:
    """The time that a group of processes has computed; 0 where the system does not tell."""
    ticks = sum(int(fields[11]) + int(fields[12]) for fields in all_of(group))
    return ticks / os.sysconf("SC_CLK_TCK")
