"""Where a company's channel may not reach: anything that is not on the public internet.

Asked at the moment of connecting, of the address itself: a name that points inside, one that changes
between question and use, and a redirect are all the same to it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

# Addresses that carry another one in them, which may be anybody's.
TRANSLATED = tuple(IPv6Network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))


@dataclass
class Watch:
    """``refused``: something wanted to connect to the inside and could not."""

    refused: bool = False


_watch: ContextVar[Watch | None] = ContextVar("watch", default=None)


@contextmanager
def only_outside() -> Iterator[Watch]:
    """No socket of this thread connects to an address that is not public, whoever opens it within."""
    _install()
    watch = Watch()
    token = _watch.set(watch)
    try:
        yield watch
    finally:
        _watch.reset(token)


def is_public(host: str) -> bool:
    """Of an IP address; whatever is none is not public."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        if mapped is not None:
            return _is_public(mapped)
        if any(address in network for network in TRANSLATED):
            return False
    return _is_public(address)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not address.is_multicast


@cache
def _install() -> None:
    """Python tells an audit hook of each connection before it is made; a hook stays for good."""
    sys.addaudithook(_look)


def _look(event: str, args: tuple[Any, ...]) -> None:
    if event != "socket.connect":
        return
    watch = _watch.get()
    if watch is None:
        return
    address = args[1]
    if not (isinstance(address, tuple) and address and is_public(str(address[0]))):
        watch.refused = True
        raise PermissionError("This address is not on the public internet.")
