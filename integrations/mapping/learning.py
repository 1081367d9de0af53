"""Learning what Cal.com says of the mapped event types without anybody asking for it.

Above all the grid of their slots: until it is known, a time that Cal.com does not offer is no *taken*,
and callers would hear that it is free. A salon file does not say it.
"""

from datetime import datetime, timedelta

from django.db.models import Q

from appointments.models import Company
from appointments.models.company import CalendarMode
from integrations.calcom.line import Line
from integrations.mapping.publishing import check_online
from integrations.models import CalendarEventType

# Somebody may change it there at any time.
OLD = timedelta(days=1)


def learn_all(*, now: datetime) -> int:
    """Of every company with something unknown or old; how many companies were asked about."""
    due = CalendarEventType.objects.filter(Q(checked_at=None) | Q(checked_at__lt=now - OLD))
    companies = Company.objects.filter(active=True, pk__in=due.values("company"))
    using = companies.filter(branches__active=True).exclude(branches__calendar=CalendarMode.OFF)
    return sum(_learn(company, now) for company in using.distinct().order_by("pk"))


def _learn(company: Company, now: datetime) -> bool:
    """Findings are for the page and the command; without an answer the next hour tries again."""
    if Line.of(company) is None:
        return False
    check_online(company, now=now)
    return True
