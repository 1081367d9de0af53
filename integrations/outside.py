"""Where an address that somebody of a salon has entered may not lead: anything but the public internet.

Said twice. ``refuse_inside`` reads what was entered and asks nobody. ``only_outside`` is the last word: it
looks at the address itself at the moment of connecting, so a name that points inside, one that changes
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
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Addresses that carry another one in them, which may be anybody's.
TRANSLATED = tuple(IPv6Network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
INSIDE = (".local", ".internal", ".localhost", ".lan", ".home.arpa", ".onion")
LONGEST = 500


@dataclass
class Watch:
    """``refused``: something wanted to connect to the inside and could not."""

    refused: bool = False


_watch: ContextVar[Watch | None] = ContextVar("watch", default=None)


def refuse_inside(url: str) -> None:
    """A validator for fields. Raises ``ValidationError`` unless it is https to a host that may be public.

    With ``LOOPBACK_TARGETS`` (tests, demo) this machine may be named as well, also by http.
    """
    host, scheme = _host_of(url)
    if settings.LOOPBACK_TARGETS and _is_loopback(host):
        return
    if scheme != "https":
        raise ValidationError(
            _("This address is not encrypted. Please enter one that begins with https://."),
            code="not_encrypted",
        )
    if is_inside(host):
        raise ValidationError(
            _("This address lies inside the network. Please enter one on the public internet."),
            code="address_inside",
        )


def _host_of(url: str) -> tuple[str, str]:
    """Host and scheme of what every program that reads it will read alike."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    odd = not url.isprintable() or any(each in url for each in ' \\@"<>^`{|}')
    if not host or odd or len(url) > LONGEST or parts.scheme not in {"http", "https"}:
        raise ValidationError(
            _("This is no address that messages can be sent to, such as https://gateway.example/send."),
            code="unreadable_address",
        )
    return host, parts.scheme


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


def is_inside(host: str) -> bool:
    """Of what can be seen without asking anybody; of the rest the connection is refused."""
    bare = host.strip("[]").rstrip(".").lower()
    try:
        ip_address(bare)
    except ValueError:
        # A last part of digits is an address in one of its older spellings.
        last = bare.rpartition(".")[2]
        is_number = last.isdecimal() or last.startswith("0x")
        return "." not in bare or is_number or bare.endswith(INSIDE)
    return not is_public(bare)


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


def _is_loopback(host: str) -> bool:
    """Whether it is a name of this machine, and not only one that leads to it."""
    return host in {"127.0.0.1", "::1", "localhost"}


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
    host = str(address[0]) if isinstance(address, tuple) and address else ""
    if is_public(host) or (settings.LOOPBACK_TARGETS and _is_loopback(host)):
        return
    watch.refused = True
    raise PermissionError("This address is not on the public internet.")
