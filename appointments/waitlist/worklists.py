"""Those for whom something is free, as a work list."""

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments import worklist
from appointments.access import Access
from appointments.models import WaitlistEntry
from appointments.phones import display_phone
from appointments.undecided import local
from appointments.waitlist.matching import waiting_for

KEY = "waitlist"


def _find(access: Access, now: datetime) -> QuerySet[WaitlistEntry]:
    return waiting_for(access).filter(fits_at__gt=now)


def _show(entry: WaitlistEntry, now: datetime) -> worklist.Row:
    free = local(entry.fits_at, entry.branch) if entry.fits_at else ""
    since = _("waits since %(day)s") % {"day": local(entry.created_at, entry.branch)}
    return worklist.Row(
        pk=entry.pk,
        when=free,
        text=", ".join(filter(None, (str(entry), display_phone(entry.customer.phone)))),
        detail=f"{entry.staff}, {since}" if entry.staff else since,
        url=f"{reverse('admin:appointments_waitlistentry_free')}#entry-{entry.pk}",
    )


def register() -> None:
    worklist.register(
        worklist.WorkList(
            key=KEY,
            title=gettext_lazy("Waitlist: free now"),
            permission="appointments.change_waitlistentry",
            find=_find,
            show=_show,
            url="admin:appointments_waitlistentry_free",
        )
    )
