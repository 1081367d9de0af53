"""``docs/voice-functions.md`` says what the definitions say."""

from pathlib import Path

from django.conf import settings

from calls.flow.manual import manual


def test_the_manual_is_up_to_date() -> None:
    """Incident B2: published and dispatched were two lists. Write it anew with ``retell_flow --manual``."""
    path = Path(settings.BASE_DIR) / "docs" / "voice-functions.md"

    assert path.read_text(encoding="utf-8") == manual()
