"""The demo's login."""

import json
import secrets
from pathlib import Path

from django.contrib.auth import get_user_model

LOGIN = "demo"


def ensure_account(state_file: Path) -> str:
    """Make the superuser if need be, with the password kept in ``state_file``; returns the password."""
    password = _remembered(state_file) or _remember(state_file, secrets.token_urlsafe(9))
    users = get_user_model().objects
    user = users.filter(username=LOGIN).first()
    if user is None:
        users.create_superuser(LOGIN, password=password)
    elif not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
    return password


def _remembered(state_file: Path) -> str | None:
    if not state_file.exists():
        return None
    password: str = json.loads(state_file.read_text())["password"]
    return password


def _remember(state_file: Path, password: str) -> str:
    state_file.parent.mkdir(parents=True, exist_ok=True)
    state_file.touch(mode=0o600)
    state_file.write_text(json.dumps({"login": LOGIN, "password": password}))
    return password
