"""All sets of a folder in a table: bench/all.py FOLDER [--embedding-cache FILE] [--before FILE] [--out FILE].

Runs bench/SET.py for each file SET-dev.* of the folder and prints a line a figure: ours, the best of the
plain floors, and, with `--before` (what `--out` kept of an earlier run), what it was and the difference. A
change to recall is shown by two runs of this.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
FLOORS = ("bm25", "dense", "rrf", "dateparser", "parsedatetime", "floor")
LOWER_IS_BETTER = frozenset({"noise", "forbidden", "lost", "false supersessions"})
CACHED = "parse_arguments"  # a script that has it takes --embedding-cache
Figure = tuple[str, str, str]  # set, figure, group


def scripts(folder: Path) -> Iterator[tuple[str, Path, Path]]:
    """(set, script, file) for each file of the folder that has a script, in order of name."""
    for file in sorted(folder.glob("*-dev.*")):
        name = file.name.partition("-dev")[0]
        script = HERE / f"{name}.py"
        if script.exists():
            yield name, script, file
        else:
            print(f"{file.name}: no bench/{name}.py, left out", file=sys.stderr)


def run(script: Path, file: Path, cache: Path | None) -> tuple[list[dict], bool]:
    """The figures that a script prints, and whether it went through."""
    command = [sys.executable, str(script), str(file)]
    text = script.read_text("utf-8")
    if cache is not None and (CACHED in text or "opened(parser)" in text):
        command += ["--embedding-cache", str(cache)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return [line for line in lines if line["figure"] != "machine"], done.returncode == 0


def floor_of(figures: dict[Figure, dict], of: Figure) -> float | None:
    """The best that a plain floor reached on the same figure."""
    name, figure, group = of
    wanted = {one if group == "all" else f"{one} {group}" for one in FLOORS}
    values = [
        line["value"] for (n, f, g), line in figures.items() if (n, f) == (name, figure) and g in wanted
    ]
    if not values:
        return None
    return min(values) if figure in LOWER_IS_BETTER else max(values)


def table(figures: dict[Figure, dict], before: dict[Figure, float]) -> Iterator[str]:
    """The lines of the table, floors left out as lines of their own."""
    titles = " ".join(f"{title:>8}" for title in ("ours", "floor", "before", "change"))
    yield f"{'set':14} {'figure':28} {'group':30} {titles} {'n':>6}"
    for (name, figure, group), line in figures.items():
        if group.split(" ")[0] in FLOORS:
            continue
        floor, was = floor_of(figures, (name, figure, group)), before.get((name, figure, group))
        cells = [_number(line["value"]), _number(floor), _number(was)]
        cells.append("" if was is None else f"{line['value'] - was:+.4f}")
        padded = " ".join(f"{cell:>8}" for cell in cells)
        yield f"{name:14} {figure[:28]:28} {group[:30]:30} {padded} {line['n']:>6}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def main() -> None:
    """Reads the command line, runs all of it, prints the table; exits with 1 if a script failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--embedding-cache", type=Path, metavar="FILE", help="keeps vectors between runs")
    parser.add_argument("--before", type=Path, metavar="FILE", help="figures that an earlier run kept")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to keep this run's figures")
    parser.add_argument("--only", metavar="SET,SET", help="these sets alone")
    given = parser.parse_args()
    before = {}
    if given.before is not None:
        for line in map(json.loads, given.before.read_text("utf-8").splitlines()):
            before[line["bench"], line["figure"], line["group"]] = line["value"]
    figures: dict[Figure, dict] = {}
    failed = []
    for name, script, file in scripts(given.folder):
        if given.only is not None and name not in given.only.split(","):
            continue
        lines, went = run(script, file, given.embedding_cache)
        figures.update({(line["bench"], line["figure"], line["group"]): line for line in lines})
        if not went:
            failed.append(name)
    if given.out is not None:
        given.out.write_text("".join(f"{json.dumps(line)}\n" for line in figures.values()), "utf-8")
    print("\n".join(table(figures, before)))
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
