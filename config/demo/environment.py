"""The demo's ``.env``: written once, read by every ``manage.py`` afterwards."""

import secrets
from pathlib import Path

TEMPLATE = """\
# Written by `make demo`. .env.example explains every variable.
SECRET_KEY={secret_key}
RETELL_API_KEYS={retell_api_key}
ALLOWED_HOSTS=127.0.0.1,localhost
HTTPS=false
"""
# Whatever else a person has in .env: the demo listens on loopback, without a certificate.
OVERRIDES = {"ALLOWED_HOSTS": "127.0.0.1,localhost", "HTTPS": "false"}


def write_env_file(path: Path) -> bool:
    """Write the file if there is none; True if it was written. Only its owner may read it."""
    if path.exists():
        return False
    text = TEMPLATE.format(
        secret_key=secrets.token_urlsafe(48), retell_api_key=f"key_{secrets.token_hex(16)}"
    )
    path.touch(mode=0o600)
    path.write_text(text)
    return True
