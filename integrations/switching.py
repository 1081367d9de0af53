"""What happens if a branch gets another calendar mode, in sentences, before anybody does it."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments.models import Branch, Staff
from appointments.models.company import CalendarMode
from integrations.convergence import unfollowed
from integrations.models import CalendarBooking, CalendarHost, CalendarSync, SyncState
from integrations.models.booking import BookingState


def preview(branch: Branch, mode: CalendarMode, *, now: datetime) -> Iterator[str]:
    """Nothing if the branch is in this mode. Asks nobody outside; a handful of queries."""
    if mode == branch.calendar:
        return
    if mode == CalendarMode.OFF:
        yield from _off(branch, now)
        return
    if not branch.calendar_is_on:
        yield from _on(branch, now)
    if mode == CalendarMode.STRICT:
        yield _(
            "What callers book and Cal.com does not confirm in time is provisional: they hear that the salon "
            "will confirm it."
        )
    else:
        yield _("Callers are promised their time at once, and the calendar follows.")


def _off(branch: Branch, now: datetime) -> Iterator[str]:
    standing = CalendarBooking.objects.filter(
        appointment__branch=branch, state=BookingState.EXISTS, ends_at__gt=now
    ).count()
    yield ngettext(
        "%(count)s entry stays at Cal.com as it is; what changes from now on is not entered there.",
        "%(count)s entries stay at Cal.com as they are; what changes from now on is not entered there.",
        standing,
    ) % {"count": standing}
    waiting = CalendarSync.objects.filter(appointment__branch=branch, state=SyncState.PENDING).count()
    if waiting:
        yield ngettext(
            "%(count)s change that has not been entered yet is not entered any more.",
            "%(count)s changes that have not been entered yet are not entered any more.",
            waiting,
        ) % {"count": waiting}
    yield _("What customers book at Cal.com is no longer taken over.")


def _on(branch: Branch, now: datetime) -> Iterator[str]:
    unknown, changed = unfollowed(branch, now=now)
    count = len(unknown) + len(changed)
    yield ngettext(
        "%(count)s coming appointment is entered at Cal.com.",
        "%(count)s coming appointments are entered at Cal.com, the next first.",
        count,
    ) % {"count": count}
    mapped = CalendarHost.objects.filter(staff__branch=branch).values("staff")
    without = Staff.objects.active().filter(branch=branch).exclude(pk__in=mapped).order_by("name")
    names = ", ".join(without.values_list("name", flat=True))
    if names:
        yield _("No calendar is known of %(names)s: their appointments wait until there is one.") % {
            "names": names
        }
