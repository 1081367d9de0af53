"""Calling Retell. The only module that speaks HTTP to it; whoever calls it says what happened."""

from urllib.parse import quote

import requests
from django.conf import settings

# Seconds to connect and to answer: the caller is on the line while we tell the agent something.
TIMEOUT = (2.0, 4.0)


class RetellError(Exception):
    """Retell did not do it. ``str()`` is a word or a status; never a body, which may name people."""


def add_context(call_id: str, text: str) -> None:
    """Lets the agent of a running call know ``text`` before it speaks next; nobody is interrupted.

    ``PATCH /v2/update-live-call/{call_id}``, ``call_control.additional_context`` (retell-sdk 6.2.13,
    ``call.update_live``). Raises ``RetellError``, also if the call has ended.
    """
    url = f"{settings.RETELL_API_URL.rstrip('/')}/v2/update-live-call/{quote(call_id, safe='')}"
    try:
        response = requests.patch(
            url,
            json={"call_control": {"additional_context": text}},
            headers={"Authorization": f"Bearer {_key()}"},
            timeout=TIMEOUT,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        raise RetellError(type(error).__name__) from None  # its text may contain the request
    if response.status_code // 100 != 2:
        raise RetellError(f"HTTP {response.status_code}")


def _key() -> str:
    keys = settings.RETELL_API_KEYS
    if not keys:
        raise RetellError("no key")
    return str(keys[0])
