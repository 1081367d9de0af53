"""Customers in the admin."""

from django.contrib import admin

from appointments.admin.base import ModelAdmin
from appointments.models import Customer


@admin.register(Customer)
class CustomerAdmin(ModelAdmin):
    list_display = ("name", "phone", "email", "company")
    list_filter = ("company",)
    list_select_related = ("company",)
    search_fields = ("name", "phone", "email")
