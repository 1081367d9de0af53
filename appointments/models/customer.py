"""Customers: recognised by their number, never by a number that only resembles it."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.audit import recorded
from appointments.constraints import SameCompany
from appointments.fields import PhoneField
from appointments.models.company import Company
from appointments.models.search import Searchable, SearchWordsField, found_by
from appointments.phones import normalize_phone


class CustomerQuerySet(models.QuerySet["Customer"]):
    def of_number(self, company: Company, number: str) -> "Customer | None":
        """Whose number this is (E.164): their own, or a further one. One or two queries."""
        own = self.filter(company=company, phone=number).first()
        return own or self.filter(other_numbers__company=company, other_numbers__number=number).first()

    def search(self, text: str) -> "CustomerQuerySet":
        """By a whole number in any spelling, else by the beginning or the sound of names, or e-mail address.

        A program takes who is named: part of a number must not lead it to somebody else's appointments.
        """
        number = normalize_phone(text)
        if number is not None:
            further = CustomerNumber.objects.filter(number=number).values("customer")
            own = Customer.objects.filter(phone=number).values("pk")
            return self.filter(pk__in=own.union(further))
        wanted = found_by(text)
        return self.none() if wanted is None else self.filter(wanted)


class Customer(Searchable):
    """Somebody who comes. The phone is E.164 or NULL, an empty e-mail is NULL (incidents H4, H18)."""

    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="customers", verbose_name=_("company")
    )
    name = models.CharField(_("name"), max_length=200)
    phone = PhoneField(_("phone"), null=True, blank=True)
    email = models.EmailField(_("e-mail"), null=True, blank=True)  # noqa: DJ001 - see above
    notes = models.TextField(_("notes"), blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    search_words = SearchWordsField(names=["name"], phones=["phone"], emails=["email"])

    objects = CustomerQuerySet.as_manager()
    history = recorded(leaving_out=["search_words"])

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        permissions: ClassVar = [
            ("unite_customers", _("Can unite customers")),
            ("export_customer", _("Can take out what is held about a customer")),
            ("erase_customer", _("Can erase a customer")),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "name"], name="customer_company_name"),
            models.Index(fields=["name"], name="customer_name"),
            GinIndex(fields=["search_words"], name="customer_search_words", fastupdate=False),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "company"], name="customer_of_company"),
            models.UniqueConstraint(
                fields=["company", "phone"],
                name="customer_phone_once_per_company",
                violation_error_code="phone_taken",
                violation_error_message=_("There already is a customer with this number."),
            ),
            models.CheckConstraint(
                condition=Q(phone__regex=r"^\+[1-9][0-9]{4,14}$"), name="customer_phone_e164"
            ),
            models.CheckConstraint(condition=~Q(email=""), name="customer_email_null_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.phone = self.phone or None
        self.email = self.email or None
        others = CustomerNumber.objects.filter(company=self.company_id, number=self.phone)
        if self.phone and others.exclude(customer=self.pk).exists():
            taken = ValidationError(_("There already is a customer with this number."), code="phone_taken")
            raise ValidationError({"phone": taken})

    @property
    def first_name(self) -> str:
        return self.name.split()[0]


class CustomerNumber(models.Model):
    """A further number of a customer, from a double they were united with: a call from it is theirs."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, verbose_name=_("company"))
    customer = models.ForeignKey(
        Customer,
        on_delete=models.CASCADE,
        related_name="other_numbers",
        db_constraint=False,
        verbose_name=_("customer"),
    )
    number = PhoneField(_("number"))

    class Meta:
        verbose_name = _("further number")
        verbose_name_plural = _("further numbers")
        constraints: ClassVar = [
            SameCompany(field="customer", name="customer_number_customer_same_company"),
            models.UniqueConstraint(
                fields=["company", "number"],
                name="customer_number_once_per_company",
                violation_error_code="phone_taken",
                violation_error_message=_("There already is a customer with this number."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)


class FormerCustomer(models.Model):
    """A record that was united with another and is no more: its number and the instant at which it was made.

    Its history, and whatever else once named the number, is found through it when the person asks what
    is held about them, or to be erased.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, verbose_name=_("company"))
    customer = models.ForeignKey(
        Customer,
        on_delete=models.CASCADE,
        related_name="former_records",
        db_constraint=False,
        verbose_name=_("customer"),
    )
    number = models.BigIntegerField(_("number"), unique=True)
    made_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("former record of a customer")
        verbose_name_plural = _("former records of customers")
        constraints: ClassVar = [
            SameCompany(field="customer", name="former_customer_customer_same_company"),
        ]

    def __str__(self) -> str:
        return str(self.number)
