"""The alarms about the calendar."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Min
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from appointments.alarms import Measured, Rule, Unit, register
from appointments.models.company import CalendarMode
from appointments.models.integrity import Severity
from integrations.calcom.errors import KeyUnreadable, Unauthorized
from integrations.models import CalendarConnection, CalendarSync, SyncState

# Answers that no waiting cures.
REJECTED = frozenset({Unauthorized.code, KeyUnreadable.code})


def unreachable(now: datetime, window: timedelta) -> Iterator[Measured]:
    """Minutes since Cal.com is left alone by the breaker, or since it last accepted the key."""
    using = CalendarConnection.objects.filter(company__branches__active=True)
    using = using.exclude(company__branches__calendar=CalendarMode.OFF).distinct()
    for connection in using:
        since = _troubled_since(connection)
        if since is not None:
            yield Measured(company_id=connection.company_id, value=(now - since).total_seconds() / 60)


def _troubled_since(connection: CalendarConnection) -> datetime | None:
    success, error = connection.last_success_at, connection.last_error_at
    if error is not None and connection.last_error_code in REJECTED and (success is None or error > success):
        return success or error
    return connection.opened_at


def pending(now: datetime, window: timedelta) -> Iterator[Measured]:
    """Minutes for which the oldest has been waiting (invariant I12, incident F6)."""
    waiting = CalendarSync.objects.filter(state=SyncState.PENDING, pending_since__lte=now)
    counted = waiting.order_by().values_list("company").annotate(Min("pending_since"), Count("pk"))
    for company_id, since, count in counted:
        yield Measured(company_id=company_id, value=(now - since).total_seconds() / 60, count=count)


def register_rules() -> None:
    register(
        Rule(
            id="integrations.calendar_unreachable",
            severity=Severity.CRITICAL,
            title=_("Cal.com cannot be reached"),
            sentence=gettext_noop("Cal.com has not answered, or has refused the key, for %(value)s minutes."),
            advice=_(
                "Nothing is lost: everything waits and is made up for. See the page of the connection to "
                "Cal.com."
            ),
            unit=Unit.MINUTES,
            threshold=5,
            measure=unreachable,
        ),
        Rule(
            id="integrations.pending",
            severity=Severity.CRITICAL,
            title=_("The calendar does not follow"),
            sentence=gettext_noop(
                "Appointments that do not stand in the calendar yet: %(count)s, the oldest for %(value)s "
                "minutes."
            ),
            advice=_(
                "Until then somebody who books at Cal.com may take their time. See the calendar states."
            ),
            unit=Unit.MINUTES,
            threshold=5,
            measure=pending,
        ),
    )
