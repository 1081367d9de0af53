"""Redis as cache and queue, if ``REDIS_URL`` names one: what both need, and what becomes of them without it.

Nothing that has been promised stands in Redis. When it is away the cache is empty, and what should have been
queued is found by its schedule; nobody waits for it, least of all a caller.
"""

import logging
from collections.abc import Callable
from time import monotonic
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from django.core.exceptions import ImproperlyConfigured
from redis import ConnectionPool
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as TookTooLong

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 1.0
# Longer than the queue waits for its next task, which is a second.
ANSWER_SECONDS = 3.0
# Who has not answered is not asked again for so long: a call asks several times.
LEFT_ALONE_SECONDS = 5.0

# By address, when it may be asked again; of this process alone, since what is shared is what is away.
_away_until: dict[str, float] = {}


class HastyPool(ConnectionPool):
    """Connections to one server. One that does not let us in is left alone for some seconds."""

    def get_connection(self, *args: Any, **kwargs: Any) -> Any:
        """Raises ``redis.exceptions.ConnectionError`` or ``TimeoutError``."""
        address = self._address()
        if monotonic() < _away_until.get(address, 0.0):
            raise NotConnected("Redis was away a moment ago.")
        try:
            return super().get_connection(*args, **kwargs)
        except (NotConnected, TookTooLong) as error:
            _away_until[address] = monotonic() + LEFT_ALONE_SECONDS
            logger.warning("Redis does not answer: %s", type(error).__name__)
            raise

    def _address(self) -> str:
        facts = self.connection_kwargs
        return str(facts.get("path") or f"{facts.get('host')}:{facts.get('port')}")


def pool(url: str) -> HastyPool:
    """What ``url`` says about time-outs wins. Raises ImproperlyConfigured with one sentence."""
    try:
        return HastyPool.from_url(url, **_options())
    except (ValueError, TypeError):
        message = "REDIS_URL must be redis://host:6379/0, or rediss:// or unix:// in the same manner."
        raise ImproperlyConfigured(message) from None


def cache(url: str) -> dict[str, Any]:
    """An entry of ``CACHES``."""
    return {
        "BACKEND": "config.redis_links.ForgetfulCache",
        "LOCATION": url,
        "KEY_PREFIX": "terminfest",
        "OPTIONS": {"pool_class": HastyPool, **_options()},
    }


def _options() -> dict[str, Any]:
    return {"socket_connect_timeout": CONNECT_SECONDS, "socket_timeout": ANSWER_SECONDS}


def _unless_away(method: Callable[..., Any], answer: Callable[..., Any]) -> Callable[..., Any]:
    def asked(*args: Any) -> Any:
        try:
            return method(*args)
        except RedisError:
            return answer(*args[1:])

    return asked


def _nothing_to_count(key: str, delta: int) -> int:
    message = f"Key {key!r} not found."
    raise ValueError(message)


class ForgetfulClient(RedisCacheClient):
    """Without Redis nothing is found and nothing is kept. Who asks for a lock by ``add`` has not got it."""

    add = _unless_away(RedisCacheClient.add, lambda *_: False)
    get = _unless_away(RedisCacheClient.get, lambda _key, default: default)
    set = _unless_away(RedisCacheClient.set, lambda *_: None)
    touch = _unless_away(RedisCacheClient.touch, lambda *_: False)
    delete = _unless_away(RedisCacheClient.delete, lambda *_: False)
    get_many = _unless_away(RedisCacheClient.get_many, lambda *_: {})
    has_key = _unless_away(RedisCacheClient.has_key, lambda *_: False)
    incr = _unless_away(RedisCacheClient.incr, _nothing_to_count)
    set_many = _unless_away(RedisCacheClient.set_many, lambda *_: None)
    delete_many = _unless_away(RedisCacheClient.delete_many, lambda *_: None)
    clear = _unless_away(RedisCacheClient.clear, lambda *_: False)


class ForgetfulCache(RedisCache):
    """Django's, with :class:`ForgetfulClient`."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = ForgetfulClient
