"""How much of their working time the stylists are booked."""

from datetime import timedelta

from django.db.models import Count, DurationField, ExpressionWrapper, F, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from appointments.insights.frame import Frame
from appointments.insights.rows import HELD, held
from appointments.insights.tiles import Bar, Figure, Tile, hours, share_of_time
from appointments.insights.working import staff_of, working_time
from appointments.models import Appointment, AppointmentPhase, Staff

LIST = "appointments_appointment"
LENGTH = ExpressionWrapper(F("ends_at") - F("starts_at"), output_field=DurationField())


def held_in(frame: Frame) -> QuerySet[Appointment]:
    """What begins in the period and stands, or has taken place."""
    return held(frame.on_days(frame.of_branches(Appointment.objects.all()), field="starts_at"))


def booked_time(frame: Frame) -> dict[int, timedelta]:
    """By stylist: the busy phases of these appointments. A gap is no work, a buffer neither."""
    phases = frame.of_branches(AppointmentPhase.objects.filter(busy=True), branch="appointment__branch")
    phases = frame.on_days(phases.filter(appointment__status__in=HELD), field="appointment__starts_at")
    return dict(phases.values_list("appointment__staff").annotate(length=Sum(LENGTH)).order_by())


def utilisation(frame: Frame) -> Tile:
    """Busy phases ÷ working time without absences. Above 100 % where somebody works beyond the hours."""
    staff = list(staff_of(frame))
    booked, works = booked_time(frame), working_time(frame, staff)
    counts = dict(held_in(frame).values_list("staff").annotate(Count("pk")).order_by())
    shown = [person for person in staff if person.active or person.pk in counts]
    total, whole = sum(booked.values(), timedelta()), sum(works.values(), timedelta())
    every = frame.link(LIST, when="all", days=frame.span.parameter, counts="held")
    return Tile(
        key="utilisation",
        title=gettext_lazy("Utilisation"),
        definition=gettext_lazy(
            "Booked time ÷ working time. Booked are the parts of appointments that need the stylist; working "
            "time is without breaks, absences and public holidays, by the hours that hold today."
        ),
        figures=[
            Figure(label=_("utilisation"), amount=share_of_time(total, whole), url=every),
            Figure(
                label=_("booked time"), amount=hours(total), url=every, detail=_count(sum(counts.values()))
            ),
            Figure(
                label=_("working time"),
                amount=hours(whole),
                url=frame.link("appointments_staff", active__exact="1"),
            ),
        ],
        bars=[
            _bar(frame, person, booked.get(person.pk), works.get(person.pk), counts.get(person.pk, 0))
            for person in shown
        ],
        bars_label=gettext_lazy("stylist"),
    )


def _bar(frame: Frame, person: Staff, booked: timedelta | None, works: timedelta | None, count: int) -> Bar:
    booked, works = booked or timedelta(), works or timedelta()
    amount = share_of_time(booked, works)
    facts = {"booked": hours(booked), "works": hours(works), "appointments": _count(count)}
    return Bar(
        label=person.name,
        amount=amount,
        length=min(amount.value or 0.0, 1.0),
        url=frame.link(
            LIST, when="all", days=frame.span.parameter, counts="held", staff__id__exact=str(person.pk)
        ),
        detail=_("%(booked)s of %(works)s, %(appointments)s") % facts,
    )


def _count(number: int) -> str:
    return ngettext("%(count)s appointment", "%(count)s appointments", number) % {"count": number}
