"""Everything a function may know: the call, the branch, the caller, the arguments, the time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from time import monotonic

from django.conf import settings
from django.db.models import QuerySet

from appointments import booking
from appointments.availability import Request
from appointments.models import Appointment, Branch, Company, Customer, OpeningHours, Service, Staff
from appointments.rules.periods import Period
from calls.functions.arguments import Arguments
from calls.models import Call, CallAppointment, FunctionCall, Relationship


@dataclass
class Conversation:
    """``now`` is the instant of this message. ``call`` is None where the message named none."""

    branch: Branch
    call: Call | None
    function_call: FunctionCall | None
    args: Arguments
    now: datetime
    # Whether this call has asked for anything before: a new one holds and has booked nothing.
    has_history: bool = False
    # When this message must have its answer from the calendar, as ``time.monotonic()``.
    calendar_deadline: float = field(
        default_factory=lambda: monotonic() + settings.CALENDAR_CALL_BUDGET_MS / 1000
    )
    _limits_reached: dict[int, Mapping[int, int]] = field(default_factory=dict, init=False)

    @property
    def company(self) -> Company:
        return self.branch.company

    @property
    def today(self) -> date:
        return self.local(self.now).date()

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.branch.zone)

    @property
    def required_call(self) -> Call:
        """The dispatcher lets functions that need a call run only within one."""
        if self.call is None:
            raise ValueError("this function needs a call")
        return self.call

    @property
    def customer(self) -> Customer | None:
        """Recognised by the number of the caller alone (invariants I8, I9)."""
        return self.call.customer if self.call else None

    def request(self, service: Service, staff: Staff | None) -> Request:
        """For another appointment: those with whom the caller may not book any more are left out."""
        return Request(
            branch=self.branch,
            service=service,
            staff=staff,
            now=self.now,
            holder=self.call.holder if self.call else "",
            excluded_staff=frozenset(self.limits_reached(service)),
        )

    def limits_reached(self, service: Service) -> Mapping[int, int]:
        """By stylist's id, with whom the caller may book no more of ``service``, and the limit."""
        if not self.customers_appointments or self.customer is None:
            return {}
        if service.pk not in self._limits_reached:
            self._limits_reached[service.pk] = booking.limits_reached(
                self.customer, branch=self.branch, service=service, staff=self.colleagues, now=self.now
            )
        return self._limits_reached[service.pk]

    @cached_property
    def customers_appointments(self) -> Sequence[Appointment]:
        """The recognised caller's blocking appointments that are still to come."""
        if self.customer is None:
            return ()
        appointments = list(self._blocking().filter(customer=self.customer, ends_at__gt=self.now))
        for each in appointments:
            if each.staff.branch_id == each.branch_id:
                each.staff.branch = each.branch  # which is read already
        return appointments

    @cached_property
    def changeable_appointments(self) -> Sequence[Appointment]:
        """Those of them that have not begun."""
        return [each for each in self.customers_appointments if each.starts_at > self.now]

    @cached_property
    def booked_in_this_call(self) -> Sequence[Appointment]:
        if not self.has_history:
            return ()
        links = CallAppointment.objects.filter(call=self.call, relationship=Relationship.ORIGINAL)
        return list(self._blocking().filter(pk__in=links.values("appointment")))

    def _blocking(self) -> QuerySet[Appointment]:
        related = ("service", "staff", "customer", "branch__company")
        return Appointment.objects.blocking().select_related(*related).order_by("starts_at")

    def busy_periods_but(self, moving: Appointment | None) -> list[Period]:
        """When the caller has an appointment already: nothing is offered then (incident C3). The one
        that is to be moved gives up its time.
        """
        staying = (each for each in self.customers_appointments if each != moving)
        return [Period(each.starts_at, each.ends_at) for each in staying]

    def is_linked(self, appointment: Appointment, relationship: Relationship) -> bool:
        links = CallAppointment.objects.filter(call=self.call, appointment=appointment)
        return links.filter(relationship=relationship).exists()

    def linked(self, relationship: Relationship) -> QuerySet[Appointment]:
        """The appointments that this call had so much to do with before this message, whatever became
        of them.
        """
        if not self.has_history:
            return Appointment.objects.none()
        links = CallAppointment.objects.filter(call=self.call, relationship=relationship)
        related = ("service", "staff", "customer", "branch__company")
        rows = Appointment.objects.filter(pk__in=links.values("appointment"))
        return rows.select_related(*related).order_by("starts_at")

    def unlink(self, appointment: Appointment, relationship: Relationship) -> None:
        """For what was undone before anybody was told."""
        links = CallAppointment.objects.filter(call=self.required_call, appointment=appointment)
        links.filter(relationship=relationship).delete()

    def link(self, appointment: Appointment, relationship: Relationship) -> None:
        """Says once what this call has to do with an appointment (incidents 5, G2)."""
        link = CallAppointment(
            company_id=appointment.company_id,
            call=self.required_call,
            appointment=appointment,
            relationship=relationship,
            created_at=self.now,
        )
        CallAppointment.objects.bulk_create([link], ignore_conflicts=True)

    @cached_property
    def colleagues(self) -> Sequence[Staff]:
        """Whoever works in this branch."""
        return list(self.branch.staff.active().order_by("pk"))

    @cached_property
    def services(self) -> Sequence[Service]:
        """What this company offers, by name."""
        services = Service.objects.filter(company=self.company, active=True)
        return list(services.prefetch_related("phases").order_by("name"))

    @cached_property
    def opening_week(self) -> dict[int, tuple[tuple[int, int], ...]]:
        """Opening hours by weekday (Monday is 0), in minutes of the day."""
        week: dict[int, list[tuple[int, int]]] = {}
        rows = OpeningHours.objects.filter(branch=self.branch).order_by("weekday", "start_minute")
        for weekday, opens, closes in rows.values_list("weekday", "start_minute", "end_minute"):
            week.setdefault(weekday, []).append((opens, closes))
        return {weekday: tuple(periods) for weekday, periods in week.items()}
