"""The demo salon: plausible, the same every time, and never full."""

from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command

from appointments.availability import Request, free_starts
from appointments.models import Allocation, Appointment, Branch, Customer, Service, WaitlistEntry
from appointments.models.appointment import Status
from appointments.rules.hours import days_between
from config.demo.seed import NotAppliedError, seed
from tests.salon_files import apply
from tests.salons import BERLIN

DEMO = Path("config/demo")
# A Wednesday at lunch time.
NOW = datetime(2026, 11, 18, 12, 20, tzinfo=BERLIN)
TODAY = NOW.date()

Summary = list[tuple[str, str, datetime, str]]


@pytest.fixture
def branch(db: None) -> Branch:
    apply((DEMO / "salon.yaml").read_text(encoding="utf-8"), now=NOW)
    return Branch.objects.select_related("company").get(company__slug="morgenrot")


def summary() -> Summary:
    fields = ("staff__name", "service__name", "starts_at", "customer__name")
    return list(Appointment.objects.order_by("starts_at", "staff").values_list(*fields))


def local_day(appointment: Appointment) -> date:
    return appointment.starts_at.astimezone(BERLIN).date()


def test_a_seeded_salon_is_plausible(branch: Branch) -> None:
    """One seeding, everything that is promised about it: it is the slow part."""
    made = seed(now=NOW, days_back=2, days_ahead=4)
    appointments = list(Appointment.objects.select_related("staff", "service", "customer"))
    assert len(appointments) == made > 20

    past = [one for one in appointments if one.ends_at <= NOW]
    assert {one.status for one in past} <= {Status.COMPLETED, Status.NO_SHOW}
    assert {one.status for one in appointments if one.ends_at > NOW} == {Status.BOOKED}
    assert all(one.created_at < one.starts_at for one in appointments)
    assert Customer.objects.exclude(phone__startswith="+4930").count() == 0
    assert max(Counter((local_day(one), one.customer) for one in appointments).values()) == 1

    assert [entry.is_waiting for entry in WaitlistEntry.objects.all()] == [True] * 3
    assert_the_gap_of_a_perm_is_sold()
    assert_everyday_has_free_time(branch)

    before = summary()
    assert seed(now=NOW + timedelta(hours=1)) == 0
    assert summary() == before


def assert_the_gap_of_a_perm_is_sold() -> None:
    perms = Appointment.objects.filter(service__name="Dauerwelle", staff__name="Mara Vogt")
    inside = [
        other
        for perm in perms
        for other in Appointment.objects.filter(
            staff=perm.staff, starts_at__gt=perm.starts_at, ends_at__lt=perm.ends_at
        )
    ]
    assert inside
    assert Allocation.objects.filter(appointment__in=inside).exists()


def assert_everyday_has_free_time(branch: Branch) -> None:
    for name in ("Herrenhaarschnitt", "Dauerwelle"):
        request = Request(branch=branch, service=Service.objects.get(name=name), now=NOW)
        for day in days_between(TODAY + timedelta(days=1), TODAY + timedelta(days=4)):
            if day.weekday() < 6:
                assert free_starts(request, first=day, last=day), (name, day)


def test_the_same_day_gives_the_same_appointments(branch: Branch) -> None:
    seed(now=NOW, days_back=1, days_ahead=1)
    first = summary()
    Appointment.objects.all().delete()
    Customer.objects.all().delete()
    seed(now=NOW, days_back=1, days_ahead=1)
    assert summary() == first


def test_without_the_demo_salon_there_is_nothing_to_seed(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(NotAppliedError):
        seed(now=NOW)
    with pytest.raises(SystemExit) as caught:
        call_command("seed_demo")
    assert caught.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_everybody_in_the_replay_salon_does_everything_on_every_workday(db: None) -> None:
    """The old incidents took place on days that no feast or absence may close."""
    apply((DEMO / "replay.yaml").read_text(encoding="utf-8"), now=NOW)
    branch = Branch.objects.select_related("company").get(company__slug="zeitreise")
    boxing_day = date(2026, 12, 26)
    for service in Service.objects.filter(company=branch.company):
        request = Request(branch=branch, service=service, now=NOW)
        slots = free_starts(request, first=boxing_day, last=boxing_day)
        assert {slot.staff.name for slot in slots} == {"Emma Keller", "Jonas Brandt", "Mara Vogt"}


def test_both_salons_offer_the_same_services(branch: Branch) -> None:
    apply((DEMO / "replay.yaml").read_text(encoding="utf-8"), now=NOW)
    ours, theirs = (
        {
            service.name: (service.price, service.synonyms, service.plan(branch).phases)
            for service in Service.objects.filter(company__slug=slug)
        }
        for slug in ("morgenrot", "zeitreise")
    )
    assert ours == theirs
    assert {
        name: sum(phase.minutes for phase in phases) for name, (_price, _words, phases) in ours.items()
    } == {
        "Herrenhaarschnitt": 55,
        "Damenhaarschnitt": 45,
        "Kinderhaarschnitt": 30,
        "Waschen & Föhnen": 30,
        "Balayage/Ombré": 150,
        "Ansatzfärbung": 130,
        "Ansatz + Längenausgleich": 155,
        "Dauerwelle": 135,
        "Komplette Umfärbung (Blondierung)": 165,
    }
