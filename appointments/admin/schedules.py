"""Pages that change when people work: under the lock that bookings take, and honest about the effect."""

from abc import abstractmethod
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.admin.base import HistoryAdmin
from appointments.models import Company
from appointments.salon.affected import affected_appointments
from appointments.waitlist import refresh_soon


class ScheduleAdmin(HistoryAdmin):
    """Whoever books holds the lock of the stylist while hours are read, so it is taken here too.

    Promised appointments that no longer fit are listed, none is moved (invariant I5).
    """

    @abstractmethod
    def locked_staff(self, obj: Any) -> Any:
        """The staff whose hours this page changes, as a queryset."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        if change:
            list(self.locked_staff(obj).lock().values_list("pk"))
            request.fitted_badly = self._affected(obj.company)  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        super().save_related(request, form, formsets, change)
        if not change:
            return
        for branch_id in (
            self.locked_staff(form.instance).order_by().values_list("branch", flat=True).distinct()
        ):
            refresh_soon(branch_id)
        before = set(request.fitted_badly)  # type: ignore[attr-defined]
        for key, sentence in self._affected(form.instance.company).items():
            if key not in before:
                message = _("No longer fits and was not moved, please call: %(appointment)s")
                self.message_user(request, message % {"appointment": sentence}, messages.WARNING)

    def _affected(self, company: Company) -> dict[Any, str]:
        return {one.key: str(one) for one in affected_appointments(company, now=timezone.now())}
