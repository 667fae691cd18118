"""One JSON request to an endpoint that may be slow, busy or broken: bounded in time, tries and size."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from typing import IO

from remanence.errors import EndpointFailed

TRIES_MAX = 3
WAIT_FIRST_S = 0.5  # after the first failure; twice as long after each further one
WAIT_MAX_S = 20.0  # also of what the endpoint asks for with Retry-After
ANSWER_MAX_BYTES = 64 << 20  # 64 vectors of 3,072 numbers take some 4 MB of JSON
EXCERPT_CHARS = 300  # of what an endpoint said, in a message
_BLOCK_BYTES = 1 << 16
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})  # may pass: worth another try


@dataclass(frozen=True, slots=True)
class _Setback:
    """A failure that may pass, and for how long the endpoint asked to be left alone."""

    what: str
    wait_s: float = 0.0


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected POST would arrive as a GET, and could carry the key to another host."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


def post(
    url: str,
    body: Mapping[str, str | int | Sequence[str]],
    *,
    key: str | None,
    timeout_s: float,
    sleep: Callable[[float], None] = time.sleep,
) -> bytes:
    """Send `body` as JSON and return what comes back, unread; `timeout_s` bounds each try.

    A busy endpoint, a cut connection and a try that takes too long are tried again, at most TRIES_MAX
    times in all. Raises EndpointFailed that says what it did last; the key is in no message.
    """
    headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "remanence"}
    request = urllib.request.Request(url, json.dumps(body).encode("ascii"), headers, method="POST")
    if key:
        request.add_unredirected_header("Authorization", f"Bearer {key}")
    setback = _Setback("was not asked")
    for number in range(TRIES_MAX):
        if number:
            sleep(min(max(WAIT_FIRST_S * 2 ** (number - 1), setback.wait_s), WAIT_MAX_S))
        outcome = _once(request, timeout_s)
        if isinstance(outcome, bytes):
            return outcome
        setback = outcome
    raise EndpointFailed(f"{url} {setback.what}, {TRIES_MAX} times")


def excerpt(answer: bytes) -> str:
    """The beginning of what an endpoint said, for a message."""
    text = answer[: 4 * EXCERPT_CHARS].decode("utf-8", "replace")
    return repr(text if len(text) <= EXCERPT_CHARS else text[:EXCERPT_CHARS] + "...")


def _once(request: urllib.request.Request, timeout_s: float) -> bytes | _Setback:
    """One try: the answer's body, or what another try may mend."""
    too_late = _Setback(f"did not answer within {timeout_s:g} s")
    deadline = time.monotonic() + timeout_s
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=timeout_s) as answer:
            body = _read(answer, deadline)
    except urllib.error.HTTPError as error:
        with error:
            what = f"answered {error.code} {error.reason}: {excerpt(error.read(4 * EXCERPT_CHARS))}"
        if error.code in _BUSY:
            return _Setback(what, _retry_after_s(error.headers))
        raise EndpointFailed(f"{request.full_url} {what}") from error
    except TimeoutError:
        return too_late
    except urllib.error.URLError as error:
        timed_out = isinstance(error.reason, TimeoutError)
        return too_late if timed_out else _Setback(f"cannot be reached ({error.reason})")
    except (http.client.HTTPException, ConnectionError) as error:
        return _Setback(f"broke off ({error!r})")
    return too_late if body is None else body


def _read(answer: http.client.HTTPResponse, deadline: float) -> bytes | None:
    """The whole body, within ANSWER_MAX_BYTES; None when it is not there by the deadline."""
    blocks: list[bytes] = []
    size = 0
    while block := answer.read1(_BLOCK_BYTES):
        size += len(block)
        blocks.append(block)
        if size > ANSWER_MAX_BYTES:
            raise EndpointFailed(f"{answer.url} answered with more than {ANSWER_MAX_BYTES} bytes")
        if time.monotonic() > deadline:
            return None
    if answer.length:
        raise http.client.IncompleteRead(b"", answer.length)
    return b"".join(blocks)


def _retry_after_s(headers: Message) -> float:
    """Seconds that the endpoint asks to wait; 0 where it names none, or a date."""
    asked = headers.get("Retry-After", "")
    return float(asked) if asked.isdecimal() else 0.0
