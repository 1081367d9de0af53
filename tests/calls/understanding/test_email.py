"""E-mail addresses as they are spoken."""

import pytest

from calls.understanding import Email, understand_email


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("jana.probst@beispiel.de", "jana.probst@beispiel.de"),
        ("Jana.Probst@Beispiel.DE.", "jana.probst@beispiel.de"),
        ("jana Punkt probst at beispiel Punkt de", "jana.probst@beispiel.de"),
        ("jana Minus probst ät web Punkt de", "jana-probst@web.de"),
        ("jana Bindestrich probst Klammeraffe gmx Punkt net", "jana-probst@gmx.net"),
        ("jana Unterstrich probst at mail Punkt beispiel Punkt com", "jana_probst@mail.beispiel.com"),
        ("meine E-Mail-Adresse ist jana@beispiel.de", "jana@beispiel.de"),
        ("j a n a at web Punkt de", "jana@web.de"),
        ("jana at web Punkt de, alles klein geschrieben bitte", "jana@web.de"),
    ],
)
def test_an_address(said: str, expected: str) -> None:
    assert understand_email(said) == Email("ok", expected)


@pytest.mark.parametrize(
    "said", ["Trau ich nicht, danke", "nein danke", "hab ich nicht", "keine", "", None, "null"]
)
def test_a_refusal_is_missing(said: str | None) -> None:
    assert understand_email(said) == Email("missing")


@pytest.mark.parametrize(
    "said",
    [
        "jana probst at beispiel Punkt de",
        "jana probst@beispiel.de",
        "jana at gmail",
        "jana",
        "@beispiel.de",
        "a@b@c.de",
    ],
)
def test_what_is_unreadable_or_keeps_a_space_is_invalid(said: str) -> None:
    assert understand_email(said) == Email("invalid")
