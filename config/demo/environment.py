"""The demo's ``.env``: written once, read by every ``manage.py`` afterwards."""

import secrets
from collections.abc import Mapping
from pathlib import Path

# The company in salon.yaml.
SLUG = "morgenrot"
TEMPLATE = """\
# Written by `make demo`. .env.example explains every variable.
SECRET_KEY={secret_key}
RETELL_API_KEYS={retell_api_key}
RETELL_API_URL=none
ALLOWED_HOSTS=127.0.0.1,localhost
HTTPS=false
"""
# Whatever else a person has in .env: the demo listens on loopback, without a certificate,
# and what it talks to stands there as well.
OVERRIDES = {"ALLOWED_HOSTS": "127.0.0.1,localhost", "HTTPS": "false", "LOOPBACK_TARGETS": "true"}


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


def read_values(path: Path) -> dict[str, str]:
    """What the lines ``NAME=value`` say; the last one of a name counts."""
    pairs = (
        line.partition("=") for line in path.read_text().splitlines() if not line.lstrip().startswith("#")
    )
    return {name.strip(): value.strip().strip("\"'") for name, equals, value in pairs if equals}


def set_values(path: Path, values: Mapping[str, str]) -> None:
    """Replace the lines of these names, or add them at the end. Everything else stays as it is."""
    lines = path.read_text().splitlines()
    kept = [line for line in lines if line.partition("=")[0].strip() not in values]
    path.write_text("\n".join([*kept, *(f"{name}={value}" for name, value in values.items()), ""]))
