"""Who works in the admin, as what."""

from django.contrib import admin

from appointments.admin.base import ModelAdmin, SameCompanyFormSet, TabularInline
from appointments.models import Membership, MembershipBranch


class BranchInline(TabularInline):
    model = MembershipBranch
    formset = SameCompanyFormSet
    fields = ("branch",)
    extra = 0


@admin.register(Membership)
class MembershipAdmin(ModelAdmin):
    list_display = ("user", "role", "staff", "company")
    list_filter = ("role", "company")
    list_select_related = ("user", "staff", "company")
    search_fields = ("user__username", "user__first_name", "user__last_name", "staff__name")
    ordering = ("user__username",)
    autocomplete_fields = ("staff",)
    inlines = (BranchInline,)
