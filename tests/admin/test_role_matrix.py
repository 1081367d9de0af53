"""What each role may do on each page, and that no page shows another company's rows (J19, I3, I8)."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin import site
from django.contrib.auth.models import User
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from appointments import booking
from appointments.access import Role
from appointments.models import (
    Alarm,
    AlarmRule,
    ApiToken,
    Appointment,
    Company,
    Customer,
    DataRequest,
    Finding,
    Import,
    IntegrityReport,
    Membership,
    Outage,
    Policy,
    Repair,
    WaitlistEntry,
)
from calls.models import VoiceAgent
from integrations.models import (
    AlarmChannel,
    AlarmNotice,
    CalendarConnection,
    CalendarEvent,
    ContactPreference,
    Message,
    MessageTemplate,
    Messaging,
    OptOut,
    SmsGateway,
)
from tests.admin.calendar_pages import refused
from tests.admin.test_scoping import OURS, member
from tests.calls.phone import Phone
from tests.integrations.calendar import CalendarSalon
from tests.salons import Salon, make_salon

# v: see, a: add, c: change, d: delete. Four roles: owner, manager, receptionist, stylist.
MATRIX = {
    "appointments.alarm": ("v", "v", "v", ""),
    "appointments.alarmrule": ("vc", "v", "", ""),
    "appointments.apitoken": ("vac", "", "", ""),
    "appointments.appointment": ("vac", "vac", "vac", "vac"),
    "appointments.branch": ("vc", "vc", "v", "v"),
    "appointments.company": ("vc", "", "", ""),
    "appointments.conflictingappointment": ("v", "v", "v", "v"),
    "appointments.customer": ("vac", "vac", "vac", "v"),
    "appointments.datarequest": ("v", "", "", ""),
    "appointments.finding": ("v", "v", "", ""),
    "appointments.import": ("va", "va", "", ""),
    "appointments.integrityreport": ("v", "v", "", ""),
    "appointments.membership": ("vacd", "", "", ""),
    "appointments.outage": ("v", "v", "v", ""),
    "appointments.policy": ("vacd", "vacd", "", ""),
    "appointments.repair": ("v", "v", "", ""),
    "appointments.reservation": ("v", "v", "v", ""),
    "appointments.service": ("vac", "vac", "v", "v"),
    "appointments.staff": ("vac", "vac", "v", "v"),
    "appointments.waitlistentry": ("vac", "vac", "vac", ""),
    "calls.call": ("v", "v", "v", ""),
    "calls.callback": ("vc", "vc", "vc", ""),
    "calls.callevent": ("", "", "", ""),
    "calls.functioncall": ("v", "v", "", ""),
    "calls.voiceagent": ("v", "", "", ""),
    "integrations.alarmchannel": ("vacd", "v", "", ""),
    "integrations.alarmnotice": ("v", "v", "", ""),
    "integrations.calendarbooking": ("v", "v", "v", ""),
    "integrations.calendarcase": ("v", "v", "v", ""),
    "integrations.calendarconnection": ("vac", "v", "", ""),
    "integrations.calendarevent": ("v", "v", "", ""),
    "integrations.calendareventtype": ("vacd", "vacd", "", ""),
    "integrations.calendarhost": ("vacd", "vacd", "", ""),
    "integrations.calendarsync": ("v", "v", "v", ""),
    "integrations.contactpreference": ("vac", "vac", "vac", ""),
    "integrations.message": ("v", "v", "v", ""),
    "integrations.messagetemplate": ("vacd", "vacd", "", ""),
    "integrations.messaging": ("vac", "vac", "", ""),
    "integrations.optout": ("vad", "vad", "vad", ""),
    "integrations.smsgateway": ("vac", "v", "", ""),
}
# What the other company has itself.
THEIR_OWN = (
    "appointments.branch",
    "appointments.staff",
    "appointments.service",
    "appointments.membership",
)
ROLES = (Role.OWNER, Role.MANAGER, Role.RECEPTIONIST, Role.STYLIST)


def request_of(user: User) -> Any:
    request = RequestFactory().get("/")
    request.user = user
    return request


def allowed(label: str, request: Any) -> str:
    page = site._registry[apps.get_model(label)]
    may: dict[str, bool] = page.get_model_perms(request)
    return "".join(action[0] for action in ("view", "add", "change", "delete") if may[action])


@pytest.mark.parametrize(("position", "role"), list(enumerate(ROLES)), ids=ROLES)
def test_what_a_role_may(position: int, role: Role, salon: Salon) -> None:
    member(salon, role, staff=salon.emma)
    request = request_of(User.objects.get())
    pages = [model._meta.label_lower for model in site._registry if model._meta.app_label in OURS]
    assert {label: allowed(label, request) for label in pages} == {
        label: roles[position] for label, roles in MATRIX.items()
    }


@pytest.mark.parametrize(("position", "role"), list(enumerate(ROLES)), ids=ROLES)
def test_lists_open_for_whom_they_are_for(position: int, role: Role, salon: Salon) -> None:
    desk = member(salon, role, staff=salon.emma)
    for label, roles in MATRIX.items():
        url = reverse("admin:{}_{}_changelist".format(*label.split(".")))
        assert (label, desk.get(url).status_code) == (label, 200 if roles[position] else 403)


def test_no_page_shows_what_is_anothers(calendar: CalendarSalon) -> None:
    """A company with a row on every page; the owner of another one looks at all of them."""
    full_company(calendar)
    other = make_salon(slug="anderswo")
    theirs = request_of(stranger(other))
    ours = request_of(User.objects.create_superuser("betrieb"))
    for label in MATRIX:
        page = site._registry[apps.get_model(label)]
        assert label == "calls.callevent" or page.get_queryset(ours).exists(), label
        seen = page.get_queryset(theirs)
        if label == "appointments.company":
            seen = seen.exclude(pk=other.company.pk)
        elif label in THEIR_OWN:
            seen = seen.exclude(company=other.company.pk)
        assert not seen.exists(), label


def full_company(calendar: CalendarSalon) -> None:
    salon = calendar.salon
    alarmed(salon.company)
    refused(calendar)
    DataRequest.objects.create(company=salon.company, kind="export", number=1, made_at=timezone.now())
    member(salon, Role.MANAGER)
    Policy.objects.create(company=salon.company)
    ApiToken.objects.issue(company=salon.company, name="Kasse", now=timezone.now())
    CalendarConnection.objects.get_or_create(company=salon.company)
    checked(salon.company)
    Import.objects.create(company=salon.company, file_name="alt.csv", created_at=timezone.now())
    booking.set_aside(calendar.cut("17:00"), now=timezone.now())
    Outage.objects.create(
        company=salon.company,
        branch=salon.branch,
        staff=salon.emma,
        starts_at=timezone.now(),
        ends_at=timezone.now() + timedelta(hours=1),
        planned_at=timezone.now(),
    )
    WaitlistEntry.objects.create(
        company=salon.company,
        branch=salon.branch,
        customer=calendar.customer,
        service=salon.cut,
        first_day=timezone.localdate(),
        last_day=timezone.localdate(),
        created_at=timezone.now(),
    )
    VoiceAgent.objects.create(branch=salon.branch, agent_id="agent_morgenrot")
    CalendarEvent.objects.create(
        company=salon.company,
        trigger="BOOKING_CREATED",
        uid="theirs",
        body={},
        outcome="echo",
        received_at=timezone.now(),
    )
    caller = Phone(salon.number, caller="+4930900102")
    caller.ask("check_availability", datum="Montag", uhrzeit="15 Uhr", dienstleistung="Herrenhaarschnitt")
    caller.ask("request_callback", grund="Rückfrage")
    writes_to_customers(salon)


def writes_to_customers(salon: Salon) -> None:
    Messaging.objects.create(branch=salon.branch)
    SmsGateway.objects.create(company=salon.company, url="https://sms.example/send")
    OptOut.objects.create(company=salon.company, medium="sms", address="+4915112345678")
    MessageTemplate.objects.create(
        company=salon.company, kind="reminder", subject="Bis {date}", text="{link}"
    )
    someone = Customer.objects.create(company=salon.company, name="Jana Probst", email="jana@probst.example")
    ContactPreference.objects.create(company=salon.company, customer=someone)
    appointment = Appointment.objects.filter(company=salon.company).first()
    assert appointment is not None
    Message.objects.create(
        company=salon.company,
        branch=salon.branch,
        appointment=appointment,
        kind="confirmation",
        language="de",
        recipient="jana@probst.example",
        about="1",
        starts_at=appointment.starts_at,
        subject="Ihr Termin",
        text="…",
    )


def alarmed(company: Company) -> None:
    """Their limits, their channel, and what it was told."""
    now = timezone.now()
    AlarmRule.objects.create(company=company, rule="calls.booking_failures", known_since=now)
    alarm = Alarm.objects.create(
        company=company,
        rule="calls.booking_failures",
        severity="critical",
        facts={"count": 3, "value": 30, "span": 60},
        began_at=now,
        raised_at=now,
        seen_at=now,
    )
    channel = AlarmChannel(company=company, name="Chefin", address="chefin@morgenrot.example")
    channel.save()
    AlarmNotice.objects.create(channel=channel, alarm=alarm, kind="raised", created_at=now, next_try_at=now)


def checked(company: Company) -> None:
    """Their morning report, with something found and repaired."""
    now = timezone.now()
    report = IntegrityReport.objects.create(company=company, day=now.date(), trigger="person", started_at=now)
    finding = Finding.objects.create(
        company=company,
        check_id="appointments.ledger",
        severity="error",
        fingerprint="theirs",
        first_seen=now,
        last_seen=now,
        last_report=report,
    )
    Repair.objects.create(
        company=company, finding=finding, check_id="appointments.ledger", outcome="done", made_at=now
    )


def stranger(salon: Salon) -> User:
    member(salon, Role.OWNER)
    return Membership.objects.get(company=salon.company).user


def test_whoever_is_of_no_company_may_nothing(salon: Salon) -> None:
    user = User.objects.create_user("niemand", is_staff=True)
    client = Client()
    client.force_login(user)
    for label in MATRIX:
        assert client.get(reverse("admin:{}_{}_changelist".format(*label.split(".")))).status_code == 403


def test_an_address_that_names_nothing_is_no_fault_of_ours(salon: Salon, desk: Client) -> None:
    for label in MATRIX:
        url = reverse("admin:{}_{}_change".format(*label.split(".")), args=["unsinn"])
        assert (label, desk.get(url).status_code in {302, 404}) == (label, True)
