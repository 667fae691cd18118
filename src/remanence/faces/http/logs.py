"""Log lines: one JSON object each, without memory text, query strings or keys.

Of a fault the kind and the places in the code are told, not its message, which may quote a memory.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime

LOGGER = logging.getLogger("remanence.server")


class JsonLines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's fields; those of the server's own lines stand in its `told`."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        told = getattr(record, "told", None)
        if isinstance(told, dict):
            line |= told
        if record.exc_info is not None and record.exc_info[0] is not None:
            line["fault"] = record.exc_info[0].__name__
            line["places"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])
            ]
        return json.dumps(line)


def configure(*, level: int = logging.INFO) -> None:
    """Send the lines of the server, of the library and of the HTTP library beneath to standard error."""
    stream = logging.StreamHandler()
    stream.setFormatter(JsonLines())
    for name in ("remanence", "uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers = [stream] if name != "uvicorn.error" else []
        logger.propagate = name == "uvicorn.error"
        logger.setLevel(logging.WARNING)
    LOGGER.setLevel(level)  # its lines go up to those of the library


def tell(event: str, *, level: int = logging.INFO, **told: object) -> None:
    """Log one event with its fields."""
    if LOGGER.isEnabledFor(level):  # where it was called is told to nobody, so it is not looked for
        record = logging.LogRecord(LOGGER.name, level, "", 0, event, None, None)
        record.told = told
        LOGGER.handle(record)
