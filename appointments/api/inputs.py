"""What may be sent. Every class only reads; whether it makes sense the domain says."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from appointments.api.fields import IdField, InstantField, MomentField, PhoneNumberField, ReferenceField
from appointments.api.pagination import ById
from appointments.api.parsing import QuerySerializer, StrictSerializer
from appointments.models import Branch, Company, Customer, Service, Staff
from appointments.models.appointment import Status

NAME, NOTES, SEARCH = 200, 5000, 200


def offered_services(company: Company) -> Any:
    return Service.objects.filter(company=company, active=True)


def present_staff(company: Company) -> Any:
    return Staff.objects.active().filter(company=company).select_related("branch__company")


def open_branches(company: Company) -> Any:
    return Branch.objects.filter(company=company, active=True).select_related("company")


def customers(company: Company) -> Any:
    return Customer.objects.filter(company=company)


class AppointmentCreate(StrictSerializer):
    service = ReferenceField(offered_services)
    starts_at = InstantField()
    staff = ReferenceField(present_staff, required=False, allow_null=True)
    branch = ReferenceField(open_branches, required=False, allow_null=True)
    customer = IdField(customers, required=False, allow_null=True)
    customer_name = serializers.CharField(required=False, max_length=NAME)
    customer_phone = PhoneNumberField(required=False, allow_null=True, allow_blank=True)
    customer_email = serializers.EmailField(required=False, allow_null=True, allow_blank=True, max_length=254)
    attendee_name = serializers.CharField(required=False, allow_blank=True, max_length=NAME)
    notes = serializers.CharField(required=False, allow_blank=True, max_length=NOTES)

    default_error_messages = {
        "name_missing": _("A new customer needs a name."),
        "two_customers": _("Name the customer either by id or by name."),
    }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One way of saying who the customer is."""
        named = "customer_name" in attrs
        if named and attrs.get("customer"):
            self._refuse("two_customers", "invalid")
        if not named and (attrs.get("customer_phone") or attrs.get("customer_email")):
            self._refuse("name_missing", "required")
        return attrs

    def _refuse(self, key: str, code: str) -> None:
        raise serializers.ValidationError({"customer_name": self.error_messages[key]}, code=code)


class AppointmentChange(StrictSerializer):
    service = ReferenceField(offered_services, required=False)
    starts_at = InstantField(required=False)
    staff = ReferenceField(present_staff, required=False)
    customer = IdField(customers, required=False, allow_null=True)
    attendee_name = serializers.CharField(required=False, allow_blank=True, max_length=NAME)
    notes = serializers.CharField(required=False, allow_blank=True, max_length=NOTES)
    revision = serializers.IntegerField(
        required=False, min_value=0, help_text="What you saw; if it has changed since, the answer is 409."
    )


class Cancellation(StrictSerializer):
    revision = serializers.IntegerField(
        required=False, min_value=0, help_text="What you saw; if it has changed since, the answer is 409."
    )


class CustomerCreate(StrictSerializer):
    name = serializers.CharField(max_length=NAME)
    phone = PhoneNumberField(required=False, allow_null=True, allow_blank=True)
    email = serializers.EmailField(required=False, allow_null=True, allow_blank=True, max_length=254)
    notes = serializers.CharField(required=False, allow_blank=True, max_length=NOTES)


class CustomerChange(CustomerCreate):
    name = serializers.CharField(max_length=NAME, required=False)


class PageQuery(QuerySerializer):
    limit = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=ById.max_page_size,
        help_text="Rows of a page.",
    )
    cursor = serializers.CharField(
        required=False, help_text="From `next` or `previous` of another page; nothing to make up."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The paginator reads them itself."""
        return {name: value for name, value in attrs.items() if name not in PageQuery.PAGE}

    PAGE = ("limit", "cursor")


class CustomerFilters(PageQuery):
    search = serializers.CharField(
        required=False,
        max_length=SEARCH,
        help_text="A number in any spelling, a part of the name, an e-mail.",
    )


class CatalogueFilters(PageQuery):
    active = serializers.BooleanField(required=False)


class FromToQuery(QuerySerializer):
    """``from`` and ``to``: words of Python, hence not declared as attributes."""

    both_needed = False

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        from_ = MomentField(required=self.both_needed, help_text="An instant, or a local day.")
        to = MomentField(
            required=self.both_needed, help_text="An instant (not included), or a local day (included)."
        )
        return {"from": from_, "to": to, **super().get_fields()}


class AppointmentFilters(FromToQuery, PageQuery):
    status = serializers.ChoiceField(choices=Status.choices, required=False)
    staff = ReferenceField(lambda company: Staff.objects.filter(company=company), required=False)
    branch = ReferenceField(lambda company: Branch.objects.filter(company=company), required=False)
    service = ReferenceField(lambda company: Service.objects.filter(company=company), required=False)
    customer = IdField(customers, required=False)


class AvailabilityQuery(FromToQuery):
    both_needed = True

    service = ReferenceField(offered_services)
    staff = ReferenceField(present_staff, required=False)
    branch = ReferenceField(open_branches, required=False)
