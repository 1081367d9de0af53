"""Several requests at once, in threads that touch no database."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import lru_cache
from time import monotonic
from typing import TypeVar

from integrations.calcom.client import Client
from integrations.calcom.errors import CalendarError, Trouble, UnknownOutcome, Unreachable

T = TypeVar("T")
Operation = Callable[[Client], T]

THREADS = 16
GRACE_SECONDS = 0.2  # for a thread to see that its socket was shut


@lru_cache(maxsize=256)
def client_for(base_url: str, key: str, _process: int) -> Client:
    """Kept for its open connections, by each process: a fork must not share sockets."""
    return Client(base_url, key)


def perform(
    operations: Sequence[Operation[T]], views: Sequence[Client], *, deadline: float | None
) -> list[T | CalendarError]:
    """What each operation gave with its view, in their order. Other errors than ours are raised.

    A thread that is not back by the deadline, because it still looks for the server's address, is left
    behind: its guard lets it send nothing any more.
    """
    executor = ThreadPoolExecutor(min(len(operations), THREADS) or 1, thread_name_prefix="calcom")
    try:
        futures = [
            executor.submit(_attempt, operation, view)
            for operation, view in zip(operations, views, strict=True)
        ]
        wait(futures, timeout=None if deadline is None else max(0.0, deadline - monotonic()) + GRACE_SECONDS)
        return [_result(future, view) for future, view in zip(futures, views, strict=True)]
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


def _attempt(operation: Operation[T], view: Client) -> T | CalendarError:
    try:
        return operation(view)
    except CalendarError as error:
        return error


def _result(future: Future[T | CalendarError], view: Client) -> T | CalendarError:
    if future.done():
        return future.result()
    return UnknownOutcome(Trouble.TIMEOUT) if view.in_doubt else Unreachable(Trouble.TIMEOUT)
