"""What the phone adds to the salon file and to the export."""

import json
from io import StringIO

import pytest
import yaml
from django.core.management import call_command

from appointments import salon
from calls.models import VoiceAgent
from tests.calls.phone import Phone
from tests.salons import NOW

pytestmark = pytest.mark.django_db

FILE = {
    "company": {"name": "Salon Abendrot", "slug": "abendrot", "timezone": "Europe/Berlin"},
    "branches": [
        {
            "name": "Mitte",
            "phone_numbers": ["+49301234599"],
            "retell_agents": ["agent_abendrot"],
            "opening_hours": {"mon": ["09:00-18:00"]},
        }
    ],
    "staff": [{"name": "Emma Keller", "branch": "Mitte"}],
    "services": [{"name": "Herrenhaarschnitt", "minutes": 55}],
}


def apply(content: object) -> None:
    salon.apply(salon.read(yaml.safe_dump(content, allow_unicode=True).encode()), now=NOW)


def renamed(slug: str, number: str) -> dict[str, object]:
    branch = {**FILE["branches"][0], "phone_numbers": [number]}
    return {**FILE, "company": {**FILE["company"], "slug": slug}, "branches": [branch]}


def test_agents_of_the_file_speak_for_their_branch() -> None:
    apply(FILE)
    apply(FILE)
    assert list(VoiceAgent.objects.values_list("agent_id", "branch__company__slug")) == [
        ("agent_abendrot", "abendrot")
    ]


def test_an_agent_of_another_company_is_refused_with_its_line() -> None:
    apply(FILE)
    with pytest.raises(salon.SalonFileError) as refusal:
        apply(renamed("mittag", "+49301234598"))
    assert "agent_abendrot" in str(refusal.value.problems[0])
    assert VoiceAgent.objects.count() == 1


def test_the_export_names_the_calls_about_an_appointment(phone: Phone) -> None:
    args = {"datum": "2025-11-24", "uhrzeit": "10:00", "dienstleistung": "Herrenhaarschnitt"}
    booked = phone.ask("start_booking", **args, name="Jana Probst")
    out = StringIO()
    call_command("export_appointments", format="json", stdout=out)
    (row,) = json.loads(out.getvalue())
    assert (row["id"], row["calls"]) == (
        booked["appointment_id"],
        [{"call_id": phone.call_id, "relationship": "original"}],
    )
