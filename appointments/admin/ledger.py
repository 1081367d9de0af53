"""What running calls hold: to look at, not to change."""

from django.contrib import admin

from appointments.admin.base import ReadOnlyAdmin
from appointments.models import Reservation


@admin.register(Reservation)
class ReservationAdmin(ReadOnlyAdmin):
    scope_branch, scope_staff = "branch", "staff"
    list_display = ("starts_at", "service", "staff", "state", "expires_at", "holder")
    list_filter = ("state", "branch")
    list_select_related = ("service", "staff")
    search_fields = ("holder", "token")
    ordering = ("-created_at",)
