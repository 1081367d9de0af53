"""A stylist's calendar link: made, shown once, renewed, taken back."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from appointments.access import access_of
from appointments.models import CalendarFeed, Staff

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = object


class FeedPage(_Admin):
    """The button and the page of it, beside a stylist's other pages."""

    def has_calendar_link_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whoever keeps the staff, and everybody for their own column."""
        own = access_of(request.user).staff_id
        mine = own is not None and (object_id is None or str(object_id) == str(own))
        return self.has_change_permission(request) or (self.has_view_permission(request) and mine)

    @action(  # type: ignore[untyped-decorator] # the theme brings no types
        description=_("Calendar link"),
        url_path="calendar-link",
        permissions=["calendar_link"],
        icon="event_upcoming",
    )
    def calendar_link(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if not self.has_calendar_link_permission(request, object_id):
            raise PermissionDenied
        staff: Staff | None = self.get_object(request, object_id)
        if staff is None:
            raise Http404
        if request.method == "POST":
            return self._act(request, staff)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "POST"])
        return self._link_page(request, staff)

    def _act(self, request: HttpRequest, staff: Staff) -> HttpResponse:
        if request.POST.get("action") == "issue":
            token = CalendarFeed.objects.issue(staff, user_id=request.user.pk, now=timezone.now())
            # In this answer only: a message would lie in the session until it is shown.
            return self._link_page(request, staff, request.build_absolute_uri(reverse("feed", args=[token])))
        if request.POST.get("action") == "revoke":
            for feed in CalendarFeed.objects.filter(staff=staff):
                feed.delete()
            self.message_user(request, _("The calendar link is no longer valid."), messages.SUCCESS)
        return HttpResponseRedirect(request.path)

    def _link_page(self, request: HttpRequest, staff: Staff, link: str = "") -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Calendar link"),
            "staff": staff,
            "zone": staff.branch.zone,
            "feed": CalendarFeed.objects.filter(staff=staff).select_related("created_by").first(),
            "link": link,
            "media": self.media,
        }
        answer = TemplateResponse(request, "admin/appointments/staff/calendar_link.html", context)
        answer["Cache-Control"] = "no-store"
        return answer
