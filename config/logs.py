"""One JSON object a line on standard error: what log collectors read without being told how."""

import json
import logging
import traceback
from datetime import UTC, datetime
from types import TracebackType

from appointments import tracing

# Ids that a line may bring of its own, with ``extra``.
OWN = ("appointment", "milliseconds")


class JsonFormatter(logging.Formatter):
    """Time, level, logger, message, what it is about (``tracing``), and where an error was raised.

    Of a request only its status is added: bodies, headers and query strings carry names, numbers and tokens.
    Of an error its kind and its path through the code: its text may quote a row, an address or an answer.
    """

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **tracing.current(),
        }
        status = getattr(record, "status_code", None)
        if status is not None:
            entry["status"] = status
        entry |= {name: getattr(record, name) for name in OWN if getattr(record, name, None) is not None}
        if record.exc_info and record.exc_info[1] is not None:
            entry["traceback"] = _told(record.exc_info[1])
        return json.dumps(entry, ensure_ascii=False)


def _told(error: BaseException) -> list[str]:
    """From what came first to what came of it: frames, then the kind of error."""
    told: list[str] = []
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        told += _told(before)
    return [*told, *_frames(error.__traceback__), _kind(error)]


def _frames(trace: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]


def _kind(error: BaseException) -> str:
    """With the rule that the database names, which is no row."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    rule = getattr(getattr(error, "diag", None), "constraint_name", None)
    return f"{kind} ({rule})" if rule else kind


def begin_task(task: dict[str, object], **kwargs: object) -> None:
    """What the worker logs from now on is about this task."""
    tracing.begin(task=str(task.get("name", "")))
