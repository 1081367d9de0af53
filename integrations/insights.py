"""How far calendar and salon agree, for the dashboard."""

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments import insights
from appointments.insights import Amount, Figure, Frame, Kind, Line, Point, Tile
from appointments.models import Appointment, IntegrityReport
from appointments.models.integrity import Trigger
from integrations.consistency import as_promised, expected
from integrations.models import CalendarCase, CalendarSync, SyncState
from integrations.reminder_insight import reminders

ROUND_ABOUT = "appointment__branch"


def agreement(frame: Frame) -> Tile:
    """The ratio is of now, as the alarm's; its course is that of the nights, and of the whole company."""
    counted = expected(frame.of_branches(Appointment.objects.all()), frame.now).aggregate(
        every=Count("pk"), verified=Count("pk", filter=as_promised())
    )
    every, verified = counted["every"], counted["verified"]
    pending = frame.of_company(CalendarSync.objects.filter(state=SyncState.PENDING), branch=ROUND_ABOUT)
    cases = frame.of_company(CalendarCase.objects.filter(solved_at=None), branch=ROUND_ABOUT)
    return Tile(
        key="agreement",
        title=gettext_lazy("Agreement with the calendar"),
        definition=gettext_lazy(
            "Of the appointments to come that belong in a calendar: how many were seen there as promised. "
            "The first numbers are of this moment, the line is of the nights of the period."
        ),
        figures=[
            Figure(
                label=_("agreement"),
                amount=Amount(verified / every if every else None, Kind.SHARE),
                url=_appointments(frame, "expected"),
            ),
            Figure(
                label=_("belong in the calendar"), amount=Amount(every), url=_appointments(frame, "expected")
            ),
            Figure(
                label=_("do not stand there as promised"),
                amount=Amount(every - verified),
                url=_appointments(frame, "astray"),
            ),
            Figure(
                label=_("to be synchronised"),
                amount=Amount(pending.count()),
                url=frame.link("integrations_calendarsync", branch=ROUND_ABOUT, state__exact="pending"),
            ),
            Figure(
                label=_("open cases"),
                amount=Amount(cases.count()),
                url=frame.link("integrations_calendarcase", branch=ROUND_ABOUT, state="open"),
            ),
        ],
        line=Line(label=gettext_lazy("Agreement, night by night"), points=_nights(frame)),
    )


def _appointments(frame: Frame, calendar: str) -> str:
    return frame.link("appointments_appointment", when="all", calendar=calendar)


def _nights(frame: Frame) -> list[Point]:
    reports = IntegrityReport.objects.filter(
        company=frame.company,
        trigger=Trigger.DAILY,
        day__range=(frame.span.first, frame.span.last),
        ratio__isnull=False,
    )
    morning = "appointments_integrityreport"
    return [
        Point(
            day,
            Amount(ratio, Kind.SHARE),
            frame.link(morning, trigger__exact="daily", day__gte=str(day), day__lte=str(day)),
        )
        for day, ratio in reports.order_by("day").values_list("day", "ratio")
    ]


def register() -> None:
    permission = "integrations.view_calendarcase"
    insights.register(
        insights.Insight(key="agreement", permission=permission, build=agreement),
        insights.Insight(key="reminders", permission="appointments.view_appointment", build=reminders),
    )
