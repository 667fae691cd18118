"""What a clone of the repository promises: it names no machine, its lock is whole, its map is current."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "remanence"
NOT_OURS = {".git", ".venv", "dist", "build", "node_modules"}
SEPARATOR = "/"
# Put together here, so that this file does not hold what it looks for.
MACHINE_PATHS = re.compile(
    r"(?<![\w.~>-])/(" + "|".join(["work", "root", "farm", "home", "Users", "opt"]) + r")" + SEPARATOR + r"\w"
)
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[A-Za-z0-9.!+]+)$")


def text_files() -> Iterator[tuple[Path, str]]:
    """Every text file of the tree, but for what is built or cached."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        if NOT_OURS & set(parts) or any(part.endswith(("_cache", "__pycache__")) for part in parts):
            continue
        if ".hypothesis" in parts or not path.is_file():
            continue
        content = path.read_bytes()
        if b"\0" not in content:
            yield path, content.decode("utf-8", "replace")


def pins() -> dict[str, str]:
    """Each package of the lock and its version; fails on a line that is anything else."""
    lines = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8").splitlines()
    found = {}
    for line in lines:
        if line and not line.startswith("#"):
            pin = PIN.match(line)
            assert pin, f"{line!r} is no NAME==VERSION; the lock names no index, path or hash"
            found[canonicalize_name(pin["name"])] = pin["version"]
    return found


def declared() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = [
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *project["dependency-groups"]["dev"],
    ]
    return [Requirement(line) for line in lines]


def test_no_file_names_a_path_of_one_machine() -> None:
    offenders = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path, text in text_files()
        for found in MACHINE_PATHS.finditer(text)
    ]
    assert not offenders, offenders


def test_the_lock_satisfies_what_the_project_declares() -> None:
    locked = pins()
    for requirement in declared():
        if requirement.marker is not None and not requirement.marker.evaluate():
            continue
        version = locked.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement.name} is not in requirements-dev.lock"
        assert requirement.specifier.contains(version, prereleases=True), f"{requirement} against {version}"


def test_the_map_of_the_house_shows_every_room() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = [
        child.name + SEPARATOR if child.is_dir() else child.name
        for child in sorted(PACKAGE.iterdir())
        if child.suffix == ".py" or (child.is_dir() and (child / "__init__.py").exists())
    ]
    missing = [room for room in rooms if room != "__init__.py" and f"`{room}`" not in page]
    assert not missing, missing


@pytest.mark.parametrize("page", sorted(p.relative_to(ROOT).as_posix() for p in ROOT.glob("docs/*.md")))
def test_links_between_pages_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = [t for t in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in t]
    broken = [target for target in targets if not (ROOT / page).parent.joinpath(target).exists()]
    assert not broken, broken


@pytest.mark.skipif(sys.platform == "win32", reason="./dev is a script for a POSIX shell")
def test_dev_explains_itself_and_refuses_what_it_does_not_know() -> None:
    told = subprocess.run([ROOT / "dev", "--help"], capture_output=True, text=True, check=True, timeout=60)
    assert all(f"./dev {command}" in told.stdout for command in ("demo", "test", "check", "adapters"))
    refused = subprocess.run([ROOT / "dev", "frobnicate"], capture_output=True, text=True, timeout=60)
    assert refused.returncode == 2
    assert "./dev demo" in refused.stderr
