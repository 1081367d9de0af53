"""The theme speaks German: it brings no catalogues of its own."""

from importlib.resources import files
from pathlib import Path

import pytest
from django.test import Client
from django.utils.translation import override

from config.theme_texts import THEME_TEXTS

THEME = Path(str(files("unfold")))


def test_the_theme_still_says_what_is_translated() -> None:
    """After an upgrade: a text that is gone has a successor, which is English."""
    sources = "\n".join(path.read_text() for path in THEME.rglob("*") if path.suffix in {".html", ".py"})
    assert [text for text in THEME_TEXTS if text.replace('"', '\\"') not in sources] == []


@pytest.mark.django_db
def test_a_form_asks_in_german(admin_client: Client) -> None:
    with override("de"):
        page = admin_client.get("/admin/appointments/appointment/add/").content.decode()
    assert "Select value" not in page
    assert "Bitte auswählen" in page
