"""One call to an endpoint that speaks OpenAI's chat completions: bounded in time and size.

Its faults are told apart by what can be done about them; the key and the messages are in no error.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import httpx2
import openai

from remanence.errors import ReadingFailed
from remanence.model.item import Json
from remanence.reader.llm.answer import answer_schema
from remanence.reader.llm.calls import Said, Setback, Turn
from remanence.reader.llm.reader import LLMReader

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionMessageParam

ANSWER_BYTES_MAX = 8 << 20
NO_KEY = "none"  # servers on one's own machine want none, and the client wants some
WAIT_ASKED_MAX_S = 3_600.0  # that an endpoint may ask for
_BUSY = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})  # may pass
_UNFIT = frozenset({400, 413, 422})  # what was asked does not fit: this message, or this form
_FORMS = ("json_schema", "json_object", "plain")


class Endpoint:
    """An endpoint in use; it remembers which form of answer the server can be held to.

    `schema` is the answer's, by default that of reading.
    """

    def __init__(self, reader: LLMReader, *, schema: Mapping[str, Json] | None = None) -> None:
        self._reader = reader
        self._schema = answer_schema() if schema is None else schema
        self._form = 0
        self._client = openai.OpenAI(
            base_url=reader.base_url,
            api_key=reader.api_key or NO_KEY,
            timeout=reader.timeout_s,
            max_retries=0,
            # A redirect would carry messages to a host that nobody named.
            http_client=openai.DefaultHttpxClient(follow_redirects=False),
        )

    def close(self) -> None:
        """End its connections."""
        self._client.close()

    def ask(self, turns: Sequence[Turn]) -> Said | Setback | None:
        """One call; None where the server does not know this form of answer: the next call asks for another.

        Raises ReadingFailed where no further call can do better: a wrong key, model or address.
        """
        deadline = time.monotonic() + self._reader.timeout_s
        body: bytes | Setback
        try:
            with self._client.chat.completions.with_streaming_response.create(
                model=self._reader.model,
                messages=[_message(turn) for turn in turns],
                extra_body=self._extra(),
            ) as response:
                body = _body(response.iter_bytes(), deadline)
        except openai.APIStatusError as error:
            return self._refusal(error)
        except (openai.APITimeoutError, httpx2.TimeoutException):
            return Setback("timed out")
        except openai.APIConnectionError as error:
            broken = isinstance(error.__cause__, httpx2.ReadError | httpx2.RemoteProtocolError)
            return Setback("broken off" if broken else "unreachable")
        except httpx2.RequestError:
            return Setback("broken off")
        return body if isinstance(body, Setback) else _said(body)

    def _extra(self) -> dict[str, object]:
        form = _FORMS[self._form]
        extra: dict[str, object] = {"max_completion_tokens": self._reader.answer_tokens_max}
        if form == "json_object":
            extra["response_format"] = {"type": form}
        elif form == "json_schema":
            schema = {"name": "items", "strict": True, "schema": self._schema}
            extra["response_format"] = {"type": form, "json_schema": schema}
        return extra

    def _refusal(self, error: openai.APIStatusError) -> Setback | None:
        status = error.status_code
        if status in _BUSY:
            return Setback("busy", _wait_asked_s(error.response.headers))
        if status in _UNFIT or status == 501:
            told = error.response.text.casefold()
            of_form = "response_format" in told or "json_schema" in told or "json_object" in told
            if (of_form or status == 501) and self._form < len(_FORMS) - 1:
                self._form += 1  # for as long as the endpoint is in use
                return None
            return Setback("refused")
        where = f"{self._reader.address} answered {status}"
        if status in (401, 403):
            raise ReadingFailed(
                f"{where}: it does not take the key; give api_key, or set REMANENCE_LLM_API_KEY. "
                "The messages wait as they did"
            ) from None  # what it is raised from may quote the key, or a message
        if status == 404:
            raise ReadingFailed(
                f"{where}: it knows no model {self._reader.model!r}, or base_url is not where it answers. "
                "The messages wait as they did"
            ) from None
        raise ReadingFailed(
            f"{where}, which no further try can mend; the messages wait as they did"
        ) from None


def _message(turn: Turn) -> ChatCompletionMessageParam:
    if turn.role == "system":
        return {"role": "system", "content": turn.text}
    if turn.role == "user":
        return {"role": "user", "content": turn.text}
    return {"role": "assistant", "content": turn.text}


def _body(blocks: Iterator[bytes], deadline: float) -> bytes | Setback:
    """The whole answer; a server that drips is not waited for beyond the deadline."""
    found = bytearray()
    for block in blocks:
        found += block
        if len(found) > ANSWER_BYTES_MAX:
            return Setback("unreadable")
        if time.monotonic() > deadline:
            return Setback("timed out")
    return bytes(found)


def _said(body: bytes) -> Said | Setback:
    try:
        document = json.loads(body)
        text = document["choices"][0]["message"]["content"]
        usage = document.get("usage") or {}
        counts = [int(usage.get(name) or 0) for name in ("prompt_tokens", "completion_tokens")]
    except (ValueError, TypeError, LookupError, AttributeError):
        return Setback("unreadable")
    # A model that declines, or that spent all its tokens on thought, says nothing: to be asked again.
    return Said(text if isinstance(text, str) else "", counts[0], counts[1])


def _wait_asked_s(headers: httpx2.Headers) -> float:
    """Seconds that the endpoint asks to wait, as a number or a date; 0 where it asks for none."""
    asked = headers.get("retry-after", "").strip()
    try:
        wait_s = float(asked)
    except ValueError:
        try:
            at, now = parsedate_to_datetime(asked), parsedate_to_datetime(headers.get("date", ""))
            wait_s = (at - now).total_seconds()
        except (ValueError, TypeError):
            return 0.0
    return min(max(wait_s, 0.0), WAIT_ASKED_MAX_S) if wait_s == wait_s else 0.0
