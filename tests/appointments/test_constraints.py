"""The rules of single rows, as the database keeps them: tenants apart, ends after starts, E.164."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from appointments import booking
from appointments.constraints import SameCompany
from appointments.models import (
    Absence,
    Allocation,
    Appointment,
    AppointmentPhase,
    Branch,
    BranchPhoneNumber,
    CalendarFeed,
    Company,
    Customer,
    CustomerChange,
    CustomerNumber,
    Finding,
    FormerCustomer,
    Import,
    ImportedRow,
    IntegrityReport,
    Membership,
    MembershipBranch,
    OpeningHours,
    Outage,
    OutageDecision,
    Policy,
    Quarantine,
    Repair,
    Reservation,
    Role,
    Service,
    ServicePhase,
    Staff,
    StaffServicePhases,
    StaffSkill,
    WaitlistEntry,
    WorkingHours,
)
from appointments.models.appointment import Source
from tests.appointments.refusals import refused_by
from tests.salons import MONDAY, NOW, Salon, at, make_salon

TEN = at(MONDAY, "10:00")
ELEVEN = at(MONDAY, "11:00")


# Tenants


def rows_of(salon: Salon, clock: str) -> dict[type, Any]:
    """One row of every table that refers to another one, all of one company."""
    company, staff, service = salon.company, salon.emma, salon.cut
    customer = Customer.objects.create(company=company, name="Erika Muster")
    appointment = salon.book(service, staff, MONDAY, clock)
    booking.edit(appointment, {"customer": customer}, now=NOW)
    start = appointment.ends_at
    user = User.objects.create_user(f"owner-{company.slug}")
    membership = Membership.objects.create(company=company, user=user, role=Role.OWNER, staff=staff)
    reservation = booking.hold(salon.request(service, staff, holder="call:1"), start=start)
    report = IntegrityReport.objects.create(company=company, day=NOW.date(), trigger="person", started_at=NOW)
    finding = Finding.objects.create(
        company=company,
        check_id="appointments.ledger",
        severity="error",
        fingerprint=company.slug,
        first_seen=NOW,
        last_seen=NOW,
        last_report=report,
    )
    run = Import.objects.create(company=company, file_name="alt.csv", created_at=NOW)
    outage = Outage.objects.create(
        company=company,
        branch=salon.branch,
        staff=staff,
        starts_at=TEN,
        ends_at=ELEVEN,
        planned_at=NOW,
        token=company.slug,
    )
    return {
        Import: run,
        ImportedRow: ImportedRow.objects.create(
            company=company, key=company.slug, appointment=appointment, imported_by=run, row=2
        ),
        Quarantine: Quarantine.objects.create(
            company=company,
            appointment=salon.book(service, salon.jonas, MONDAY, clock),
            kind="overlap",
            other=appointment,
            merged_into=appointment,
            run=run,
            row=2,
        ),
        Outage: outage,
        OutageDecision: OutageDecision.objects.create(
            company=company,
            outage=outage,
            appointment=appointment,
            choice="move",
            old_starts_at=start,
            old_staff=staff,
            new_starts_at=start,
            new_staff=staff,
        ),
        WaitlistEntry: WaitlistEntry.objects.create(
            company=company,
            branch=salon.branch,
            customer=customer,
            service=service,
            staff=staff,
            first_day=MONDAY,
            last_day=MONDAY,
            state="booked",
            appointment=appointment,
            created_at=NOW,
        ),
        CalendarFeed: CalendarFeed.objects.create(
            company=company, staff=salon.jonas, digest=f"digest of {salon.company.slug}", created_at=NOW
        ),
        FormerCustomer: FormerCustomer.objects.create(
            company=company, customer=customer, number=10**9 + customer.pk, made_at=NOW
        ),
        CustomerNumber: CustomerNumber.objects.create(
            company=company, customer=customer, number="+4930231299"
        ),
        Branch: salon.branch,
        Staff: staff,
        Service: service,
        Customer: customer,
        Appointment: appointment,
        Reservation: reservation,
        StaffSkill: StaffSkill.objects.create(company=company, staff=staff, service=service),
        StaffServicePhases: StaffServicePhases.objects.create(
            company=company, staff=staff, service=service, minutes=[60]
        ),
        Allocation: appointment.allocations.get(),
        Membership: membership,
        MembershipBranch: MembershipBranch.objects.create(
            company=company, membership=membership, branch=salon.branch
        ),
        IntegrityReport: report,
        Finding: finding,
        Repair: Repair.objects.create(
            company=company, finding=finding, check_id="appointments.ledger", outcome="done", made_at=NOW
        ),
        Policy: Policy.objects.create(company=company),
        CustomerChange: CustomerChange.objects.create(
            company=company,
            appointment=appointment,
            kind="move",
            old_starts_at=start,
            fee=0,
            made_at=NOW,
            move=reservation,
        ),
    }


REFERENCES = [
    (model, constraint)
    for model in apps.get_app_config("appointments").get_models()
    for constraint in model._meta.constraints
    if isinstance(constraint, SameCompany)
]


def test_every_reference_between_two_rows_of_a_company_is_guarded() -> None:
    """Invariant I8: a new column that refers to a tenant's row cannot be forgotten."""
    guarded = {(model, constraint.field) for model, constraint in REFERENCES}
    # History repeats what was stored once; it refers to nothing that could be read through it.
    tenants = {
        model
        for model in apps.get_models()
        if "company" in {field.name for field in model._meta.fields}
        and not hasattr(model, "history_object")
        and not model._meta.proxy
    }
    references = {
        (model, field.name)
        for model in tenants
        for field in model._meta.fields
        if field.related_model in tenants and model._meta.app_label == "appointments"
    }
    assert references == guarded


@pytest.mark.parametrize(("model", "constraint"), REFERENCES, ids=[one.name for _model, one in REFERENCES])
def test_raw_reference_to_another_companys_row_is_refused(
    salon: Salon, model: type, constraint: SameCompany
) -> None:
    """Incidents F14, G3, I8: links across companies."""
    own, foreign = rows_of(salon, "10:00"), rows_of(make_salon("abendrot"), "15:00")
    row = own[model]
    if constraint.name == "allocation_reservation_same_company":
        row = own[Reservation].allocations.get()
    target = foreign[model._meta.get_field(constraint.field).related_model]
    # A position that the other company's rows do not use: what refuses shall not be the unique key.
    position = ", position = 9" if model is Allocation else ""
    with refused_by(constraint.name), connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{model._meta.db_table}" SET "{constraint.field}_id" = %s{position} WHERE id = %s',  # noqa: S608
            [target.pk, row.pk],
        )


def test_reference_to_another_companys_row_is_named_by_clean(salon: Salon) -> None:
    stranger = make_salon("abendrot")
    skill = StaffSkill(company=salon.company, staff=salon.emma, service=stranger.cut)
    with pytest.raises(ValidationError) as refused:
        skill.full_clean()
    assert [
        (name, [error.code for error in errors]) for name, errors in refused.value.error_dict.items()
    ] == [("service", ["foreign_company"])]


def test_number_of_a_branch_belongs_to_one_branch_only(salon: Salon) -> None:
    """Invariant I8: the number that was called decides the company."""
    other = make_salon("abendrot")
    with refused_by("appointments_branchphonenumber_number_key"):
        BranchPhoneNumber.objects.create(branch=other.branch, number=salon.number)


# Rows


def appointment(salon: Salon, **facts: object) -> Appointment:
    times = {"starts_at": TEN, "ends_at": ELEVEN, "created_at": NOW, "updated_at": NOW}
    values = {"status": "cancelled", "source": Source.IMPORT, "currency": "EUR", **times, **facts}
    return Appointment.objects.create(
        company=salon.company, branch=salon.branch, staff=salon.emma, service=salon.cut, **values
    )


def phase(salon: Salon, **facts: object) -> AppointmentPhase:
    values = {"position": 1, "starts_at": TEN, "ends_at": ELEVEN, "busy": True, **facts}
    return AppointmentPhase.objects.create(appointment=appointment(salon), **values)


def held(salon: Salon) -> Reservation:
    return booking.hold(salon.request(salon.cut, salon.emma, holder="call:1"), start=at(MONDAY, "15:00"))


def allocation(salon: Salon, **facts: object) -> Allocation:
    during = DateTimeTZRange(TEN, ELEVEN)
    values = {"position": 9, "during": during, "reservation": held(salon), **facts}
    return Allocation.objects.create(company=salon.company, staff=salon.emma, **values)


def customer(salon: Salon, **facts: object) -> Customer:
    return Customer.objects.create(company=salon.company, **{"name": "Erika Muster", **facts})


def opening(salon: Salon, start: int, end: int, weekday: int = 6) -> OpeningHours:
    hours = {"weekday": weekday, "start_minute": start, "end_minute": end}
    return OpeningHours.objects.create(branch=salon.branch, **hours)


def shift(salon: Salon, start: int, end: int, weekday: int = 6) -> WorkingHours:
    hours = {"weekday": weekday, "start_minute": start, "end_minute": end}
    return WorkingHours.objects.create(staff=salon.emma, **hours)


def part(salon: Salon, **facts: object) -> ServicePhase:
    return ServicePhase.objects.create(service=salon.cut, **{"position": 2, "minutes": 10, **facts})


def own(salon: Salon, minutes: list[int]) -> StaffServicePhases:
    facts = {"company": salon.company, "staff": salon.emma, "service": salon.cut}
    return StaffServicePhases.objects.create(minutes=minutes, **facts)


def grid(salon: Salon, minutes: int) -> int:
    return Branch.objects.filter(pk=salon.branch.pk).update(slot_minutes=minutes)


def between(start: datetime | None, end: datetime | None, bounds: str = "[)") -> DateTimeTZRange:
    return DateTimeTZRange(start, end, bounds)


REFUSED: list[tuple[str, str, Callable[[Salon], object]]] = [
    ("closed range", "allocation_half_open", lambda s: allocation(s, during=between(TEN, ELEVEN, "[]"))),
    ("open range", "allocation_half_open", lambda s: allocation(s, during=between(TEN, ELEVEN, "()"))),
    ("empty range", "allocation_half_open", lambda s: allocation(s, during=between(TEN, TEN))),
    ("no beginning", "allocation_half_open", lambda s: allocation(s, during=between(None, ELEVEN))),
    ("no end", "allocation_half_open", lambda s: allocation(s, during=between(TEN, None))),
    ("no owner", "allocation_one_owner", lambda s: allocation(s, reservation=None)),
    ("two owners", "allocation_one_owner", lambda s: allocation(s, appointment=appointment(s))),
    ("phase held twice", "allocation_held_phase_once", lambda s: allocation(s, position=1)),
    ("no length", "appointment_end_after_start", lambda s: appointment(s, ends_at=TEN)),
    ("unknown status", "appointment_status_known", lambda s: appointment(s, status="done")),
    ("phase without length", "appointment_phase_end_after_start", lambda s: phase(s, ends_at=TEN)),
    (
        "hold without length",
        "reservation_end_after_start",
        lambda s: Reservation.objects.filter(pk=held(s).pk).update(ends_at=at(MONDAY, "15:00")),
    ),
    (
        "absence without length",
        "absence_end_after_start",
        lambda s: Absence.objects.create(staff=s.emma, starts_at=TEN, ends_at=TEN),
    ),
    ("hours without length", "opening_hours_end_after_start", lambda s: opening(s, 600, 600)),
    ("hours after 24:00", "opening_hours_end_after_start", lambda s: opening(s, 600, 1441)),
    ("eighth weekday", "opening_hours_weekday", lambda s: opening(s, 600, 660, weekday=7)),
    ("overlapping hours", "opening_hours_overlap", lambda s: opening(s, 1199, 1260, weekday=0)),
    ("shift without length", "working_hours_end_after_start", lambda s: shift(s, 600, 600)),
    ("shift after 24:00", "working_hours_end_after_start", lambda s: shift(s, 600, 1441)),
    ("eighth weekday of a shift", "working_hours_weekday", lambda s: shift(s, 600, 660, weekday=7)),
    ("overlapping shifts", "working_hours_overlap", lambda s: (shift(s, 540, 720), shift(s, 719, 780))),
    ("phase of no minutes", "service_phase_minutes_positive", lambda s: part(s, minutes=0)),
    ("phase before the first", "service_phase_position_positive", lambda s: part(s, position=0)),
    ("own phase of no minutes", "own_phases_positive", lambda s: own(s, [0])),
    ("no own phases", "own_phases_positive", lambda s: own(s, [])),
    (
        "negative price",
        "service_price_not_negative",
        lambda s: Service.objects.filter(pk=s.cut.pk).update(price=-1),
    ),
    ("no grid", "branch_grid_positive", lambda s: grid(s, 0)),
    ("grid of more than a day", "branch_grid_positive", lambda s: grid(s, 1441)),
    ("national number", "customer_phone_e164", lambda s: customer(s, phone="030 1234501")),
    ("empty number", "customer_phone_e164", lambda s: customer(s, phone="")),
    ("number with a line break", "customer_phone_e164", lambda s: customer(s, phone="+49301234501\n")),
    ("empty e-mail", "customer_email_null_not_empty", lambda s: customer(s, email="")),
    (
        "same number twice",
        "customer_phone_once_per_company",
        lambda s: [customer(s, phone="+49301234501") for _twice in range(2)],
    ),
    (
        "same skill twice",
        "skill_once",
        lambda s: [
            StaffSkill.objects.create(company=s.company, staff=s.emma, service=s.cut) for _twice in range(2)
        ],
    ),
    (
        "same phase twice",
        "appointment_phase_once",
        lambda s: phase(s).appointment.phases.create(position=1, starts_at=TEN, ends_at=ELEVEN, busy=True),
    ),
]


@pytest.mark.parametrize(
    ("constraint", "store"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_row_that_makes_no_sense_is_refused(
    salon: Salon, constraint: str, store: Callable[[Salon], object]
) -> None:
    with refused_by(constraint):
        store(salon)


ACCEPTED: list[tuple[str, Callable[[Salon], object]]] = [
    ("hours until 24:00", lambda s: opening(s, 600, 1440)),
    ("hours back to back", lambda s: (opening(s, 540, 720), opening(s, 720, 780))),
    ("same hours on another day", lambda s: (shift(s, 540, 720, 0), shift(s, 540, 720, 1))),
    ("customers without number and e-mail", lambda s: (customer(s), customer(s))),
    (
        "same number in another company",
        lambda s: (customer(s, phone="+49301234501"), customer(make_salon("abendrot"), phone="+49301234501")),
    ),
    ("no price", lambda s: Service.objects.filter(pk=s.cut.pk).update(price=None)),
]


@pytest.mark.parametrize("store", [row[1] for row in ACCEPTED], ids=[row[0] for row in ACCEPTED])
def test_row_that_only_looks_unusual_is_accepted(salon: Salon, store: Callable[[Salon], object]) -> None:
    """Incidents C12, H4, I7."""
    assert store(salon) is not None


# What a person reads instead


def codes(refused: ValidationError) -> dict[str, list[str]]:
    return {name: [error.code for error in errors] for name, errors in refused.error_dict.items()}


def refusal_of(row: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    return codes(refused.value)


@pytest.mark.parametrize("end", [540, 1080])
def test_hours_that_end_before_they_begin_are_named(salon: Salon, end: int) -> None:
    """The database cannot even make a range of them, so nothing may ask it to."""
    rows = [
        WorkingHours(staff=salon.emma, weekday=6, start_minute=1080, end_minute=end),
        OpeningHours(branch=salon.branch, weekday=6, start_minute=1080, end_minute=end),
    ]
    assert [refusal_of(row) for row in rows] == [{"end_minute": ["end_before_start"]}] * 2


def test_hours_that_overlap_others_are_named(salon: Salon) -> None:
    row = OpeningHours(branch=salon.branch, weekday=0, start_minute=1080, end_minute=1260)
    assert refusal_of(row) == {NON_FIELD_ERRORS: ["hours_overlap"]}


def test_hours_that_are_incomplete_are_named_by_their_fields(salon: Salon) -> None:
    row = OpeningHours(branch=salon.branch, weekday=0)
    assert refusal_of(row) == {"start_minute": ["null"], "end_minute": ["null"]}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"timezone": "Europe/Köln"}, "timezone"),
        ({"holidays": "DE-XX"}, "holidays"),
    ],
)
def test_company_with_an_unknown_zone_or_region_is_refused(facts: dict[str, str], field: str) -> None:
    row = Company(name="Morgenrot", slug="morgenrot", **facts)
    with pytest.raises(ValidationError) as refused:
        row.clean_fields()
    assert list(refused.value.error_dict) == [field]


def test_customer_left_empty_is_stored_as_null(salon: Salon) -> None:
    """Incident H4."""
    row = Customer(company=salon.company, name="Erika Muster", phone="", email="")
    row.full_clean()
    row.save()
    assert (row.phone, row.email) == (None, None)


def in_the_shop(salon: Salon, start: datetime, **facts: object) -> Appointment:
    """As the admin makes one out of a form."""
    times = {
        "starts_at": start,
        "ends_at": start + timedelta(minutes=55),
        "created_at": NOW,
        "updated_at": NOW,
    }
    values = {"staff": salon.emma, "service": salon.cut, "source": Source.STAFF, "currency": "EUR", **facts}
    return Appointment(company=salon.company, branch=salon.branch, **times, **values)


def test_appointment_that_overlaps_names_the_other_one(salon: Salon) -> None:
    """Incident 1; as a non-field error, because one keyed by a read-only field is a 500 (trap 2)."""
    other = salon.book(salon.perm, salon.emma, MONDAY, "10:00")
    with pytest.raises(ValidationError) as refused:
        in_the_shop(salon, ELEVEN).full_clean()
    (error,) = refused.value.error_dict[NON_FIELD_ERRORS]
    assert (codes(refused.value), error.params["conflict"].appointment_id) == (
        {NON_FIELD_ERRORS: ["slot_taken"]},
        other.pk,
    )


def test_appointment_moved_onto_another_names_it(salon: Salon) -> None:
    salon.book(salon.perm, salon.emma, MONDAY, "10:00")
    row = salon.book(salon.cut, salon.emma, MONDAY, "15:00")
    row.starts_at, row.ends_at = ELEVEN, ELEVEN + timedelta(minutes=55)
    assert refusal_of(row) == {NON_FIELD_ERRORS: ["slot_taken"]}


def test_appointment_during_a_running_call_is_refused(salon: Salon) -> None:
    booking.hold(salon.request(salon.cut, salon.emma, holder="call:1"), start=TEN)
    row = in_the_shop(salon, TEN)
    row.now = NOW
    assert refusal_of(row) == {NON_FIELD_ERRORS: ["slot_taken"]}


@pytest.mark.parametrize("clock", ["09:05", "10:50", "10:55", "12:15"])
def test_appointment_beside_or_in_the_gap_of_another_is_accepted(salon: Salon, clock: str) -> None:
    salon.book(salon.perm, salon.emma, MONDAY, "10:00")
    if clock.startswith("10"):
        salon.cut.phases.update(minutes=10)
    assert in_the_shop(salon, at(MONDAY, clock)).full_clean() is None


def test_cancelled_appointment_may_stand_anywhere(salon: Salon) -> None:
    salon.book(salon.perm, salon.emma, MONDAY, "10:00")
    assert in_the_shop(salon, ELEVEN, status="cancelled").full_clean() is None


def test_stylist_of_another_branch_is_named(salon: Salon) -> None:
    nord = Branch.objects.create(company=salon.company, name="Nord")
    lena = Staff.objects.create(company=salon.company, branch=nord, name="Lena Vogt")
    assert refusal_of(in_the_shop(salon, TEN, staff=lena)) == {NON_FIELD_ERRORS: ["staff_of_other_branch"]}


def test_stylist_without_the_skill_is_named(salon: Salon) -> None:
    """Incident B14."""
    salon.emma.offers_all_services = False
    assert refusal_of(in_the_shop(salon, TEN)) == {NON_FIELD_ERRORS: ["staff_cannot_provide_service"]}


def test_service_without_phases_is_named(salon: Salon) -> None:
    unfinished = Service.objects.create(company=salon.company, name="Balayage")
    row = in_the_shop(salon, TEN, service=unfinished)
    assert refusal_of(row) == {NON_FIELD_ERRORS: ["staff_cannot_provide_service"]}


def test_note_may_be_edited_after_the_services_phases_changed(salon: Salon) -> None:
    """Neither moved nor refused, though the service as it is today would overlap."""
    salon.book(salon.cut, salon.emma, MONDAY, "11:00")
    row = Appointment.objects.get(pk=salon.book(salon.cut, salon.emma, MONDAY, "10:00").pk)
    salon.cut.phases.update(minutes=90)
    row.notes = "Kommt später."
    assert row.full_clean() is None


def test_incomplete_appointment_is_left_to_its_fields(salon: Salon) -> None:
    row = in_the_shop(salon, TEN)
    row.starts_at = None
    assert refusal_of(row) == {"starts_at": ["null"]}
