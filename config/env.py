"""Reading the environment: typed, with ranges, and with errors that name the variable."""

import os
from pathlib import Path
from typing import TypeVar

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()
Value = TypeVar("Value", str, list[str])


def read_env_file(default: Path) -> None:
    """Read ``ENV_FILE``, else ``default``, if it exists. What the real environment sets wins."""
    path = Path(os.environ.get("ENV_FILE") or default)
    if path.is_file():
        env.read_env(str(path))


def text(name: str, default: str = "") -> str:
    """An unset and an empty variable mean the same."""
    return os.environ.get(name, "").strip() or default


def words(name: str) -> list[str]:
    """A comma list. Empty entries are dropped: an empty key must never count as a key."""
    return [word.strip() for word in text(name).split(",") if word.strip()]


def switch(name: str, *, default: bool) -> bool:
    """``true`` or ``false`` and their usual spellings."""
    value = text(name).lower()
    if not value:
        return default
    if value in environ.Env.BOOLEAN_TRUE_STRINGS:
        return True
    if value in ("false", "off", "no", "n", "0"):
        return False
    message = f"{name} is neither true nor false: {value}"
    raise ImproperlyConfigured(message)


def whole_number(name: str, default: int, *, minimum: int, maximum: int) -> int:
    """A whole number within ``minimum`` and ``maximum``, both included."""
    value = text(name, str(default))
    if not value.isdecimal() or not minimum <= int(value) <= maximum:
        message = f"{name} must be a whole number from {minimum} to {maximum}, not: {value}"
        raise ImproperlyConfigured(message)
    return int(value)


def insist(name: str, value: Value, *, unless: bool, advice: str) -> Value:
    """Give back ``value``; if it is empty and must not be, raise ImproperlyConfigured with the advice."""
    if value or unless:
        return value
    message = f"{name} is not set. {advice}"
    raise ImproperlyConfigured(message)
