"""Finding a value in somebody else's JSON by its path: ``messages.0.id``."""

from typing import Any

LONGEST = 100


def dig(body: Any, path: str) -> str:
    """As text; empty where there is none, or neither text nor number, or what no database stores."""
    for name in path.split("."):
        if isinstance(body, list):
            body = body[int(name)] if name.isdecimal() and int(name) < len(body) else None
        elif isinstance(body, dict):
            body = body.get(name)
        else:
            return ""
    is_plain = isinstance(body, str | int) and not isinstance(body, bool)
    text = str(body)[:LONGEST] if is_plain else ""
    return text if text.isprintable() else ""
