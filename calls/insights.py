"""What became of the calls, and of the attempts to book in them, for the dashboard."""

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments import insights
from appointments.insights import Amount, Bar, Figure, Frame, Tile
from appointments.insights.tiles import share
from appointments.models import Appointment
from appointments.models.appointment import Status
from calls.call_rows import ATTEMPTS, OUTCOMES, attempts, real, with_outcome
from calls.models import Call, FunctionCall


def outcomes(frame: Frame) -> Tile:
    """By the day on which the calls began; one query."""
    calls = real(frame.on_days(frame.of_branches(Call.objects.all()), field="started_at"))
    counts = calls.aggregate(
        every=Count("pk"), **{key: Count("pk", filter=with_outcome(key)) for key in OUTCOMES}
    )
    every = counts["every"]

    def link(**filters: str) -> str:
        return frame.link("calls_call", days=frame.span.parameter, test="no", **filters)

    return Tile(
        key="outcomes",
        title=gettext_lazy("What became of the calls"),
        definition=gettext_lazy(
            "Calls that began in the period, without test calls. A call in which somebody booked and "
            "cancelled counts for both."
        ),
        figures=[Figure(label=_("calls"), amount=Amount(every), url=link())],
        bars=[
            Bar(
                label=str(title),
                amount=Amount(counts[key]),
                length=counts[key] / every if every else 0.0,
                url=link(outcome=key),
                detail=str(share(counts[key], every)) if every else "",
            )
            for key, title in OUTCOMES.items()
        ],
        bars_label=gettext_lazy("outcome"),
    )


def booking_attempts(frame: Frame) -> Tile:
    """Counted by call, because the calls of a branch and period are found by an index; two queries."""
    rows = frame.of_branches(FunctionCall.objects.all(), branch="call__branch")
    tried = attempts(frame.on_days(rows, field="call__started_at"))
    counts = tried.aggregate(
        every=Count("pk"), **{key: Count("pk", filter=ended) for key, (_title, ended) in ATTEMPTS.items()}
    )
    every = counts["every"]
    booked = frame.on_days(frame.of_branches(Appointment.objects.all()), field="created_at")

    def link(attempt: str) -> str:
        days = frame.span.parameter
        return frame.link(
            "calls_functioncall", company="call__company", branch="call__branch", days=days, attempt=attempt
        )

    return Tile(
        key="attempts",
        title=gettext_lazy("Attempts to book by phone"),
        definition=gettext_lazy(
            "Every attempt of the calls of the period that had an end. A race is lost when somebody else "
            "took a time after this caller had heard that it is free; the goal is below 1 %."
        ),
        figures=[
            Figure(label=_("attempts"), amount=Amount(every), url=link("any")),
            Figure(label=_("lost races"), amount=share(counts["race"], every), url=link("race")),
            Figure(label=_("failed"), amount=share(counts["failed"], every), url=link("failed")),
            Figure(
                label=_("refused by the calendar"),
                amount=Amount(booked.filter(status=Status.REJECTED).count()),
                url=frame.link(
                    "appointments_appointment",
                    when="all",
                    made=frame.span.parameter,
                    status__exact="rejected",
                ),
            ),
        ],
        bars=[
            Bar(
                label=str(title),
                amount=Amount(counts[key]),
                length=counts[key] / every if every else 0.0,
                url=link(key),
                detail=str(share(counts[key], every)) if every else "",
            )
            for key, (title, _ended) in ATTEMPTS.items()
        ],
        bars_label=gettext_lazy("end of the attempt"),
    )


def register() -> None:
    insights.register(
        insights.Insight(key="outcomes", permission="calls.view_call", build=outcomes),
        insights.Insight(key="attempts", permission="calls.view_functioncall", build=booking_attempts),
    )
