"""Companies (the tenants), their branches, and when a branch is open."""

from typing import ClassVar
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from appointments.audit import recorded
from appointments.constraints import point_range
from appointments.fields import MINUTES_PER_DAY, MinuteOfDayField, PhoneField
from appointments.rules.holidays import is_region


class Weekday(models.IntegerChoices):
    """As ``date.weekday()``: Monday is 0."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


# A day, that something can be looked at; ten years, that nothing is kept for ever.
KEPT_DAYS = [MinValueValidator(1), MaxValueValidator(3650)]


def validate_timezone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(_("This time zone does not exist."), code="unknown_timezone")


def validate_region(region: str) -> None:
    if not is_region(region):
        raise ValidationError(_("There are no public holidays for this region."), code="unknown_region")


class Company(models.Model):
    """A tenant. Nothing of it is ever seen by another one."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("short name"), unique=True)
    timezone = models.CharField(
        _("time zone"), max_length=64, default="Europe/Berlin", validators=[validate_timezone]
    )
    holidays = models.CharField(
        _("public holidays"),
        max_length=16,
        blank=True,
        validators=[validate_region],
        help_text=_("Country and state, for example DE-BE. Empty: no public holidays."),
    )
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    requires_second_step = models.BooleanField(
        _("two steps for owner and manager"),
        default=False,
        db_default=False,
        help_text=_("Their logins then ask for a code from their phone after the password."),
    )
    active = models.BooleanField(_("active"), default=True)
    transcript_days = models.PositiveSmallIntegerField(
        _("days that transcripts of calls are kept"),
        default=90,
        db_default=90,
        validators=KEPT_DAYS,
        help_text=_(
            "For so many days after a call its transcript and summary can be read; then they are forgotten "
            "in the night. That somebody called, for how long, and what was booked, stays. Terminfest never "
            "stores recordings."
        ),
    )
    call_details_days = models.PositiveSmallIntegerField(
        _("days that details of calls are kept"),
        default=180,
        db_default=180,
        validators=KEPT_DAYS,
        help_text=_(
            "For so many days it can be looked up what the telephone assistant asked the appointment book in "
            "a call, and was answered: names, numbers and wishes, word for word. Then that is forgotten in "
            "the night, and with it the numbers of callers who are no customers, and name, number and "
            "subject of callbacks that are done. Appointments, customers and figures stay."
        ),
    )
    message_days = models.PositiveSmallIntegerField(
        _("days that texts of messages are kept"),
        default=365,
        db_default=365,
        validators=KEPT_DAYS,
        help_text=_(
            "For so many days it can be read what a customer was written, and where it went. Then address "
            "and text are forgotten in the night; that something was sent, and when, stays."
        ),
    )

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        permissions: ClassVar = [
            ("view_insights", _("Can see the dashboard")),
            ("export_lists", _("Can take lists as files")),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(transcript_days__gte=1, call_details_days__gte=1, message_days__gte=1),
                name="company_keeps_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class CalendarMode(models.TextChoices):
    """What an appointment waits for before it is promised (``architecture.md`` §4)."""

    MIRROR = "mirror", _("follows our bookings")
    STRICT = "strict", _("must confirm each booking")
    OFF = "off", _("not used")


class Branch(models.Model):
    """A salon. Its hours, notice, horizon and grid bind the phone and the API."""

    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="branches", verbose_name=_("company")
    )
    name = models.CharField(_("name"), max_length=200)
    minimum_notice_minutes = models.PositiveIntegerField(_("minimum notice in minutes"), default=15)
    horizon_days = models.PositiveIntegerField(_("bookable days ahead"), default=180)
    slot_minutes = models.PositiveSmallIntegerField(
        _("grid of starts in minutes"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(MINUTES_PER_DAY)],
    )
    calendar = models.CharField(
        _("calendar"), max_length=10, choices=CalendarMode, default=CalendarMode.MIRROR
    )
    active = models.BooleanField(_("active"), default=True)

    history = recorded()

    class Meta:
        verbose_name = _("branch")
        verbose_name_plural = _("branches")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "name"], name="branch_name_once_per_company"),
            models.UniqueConstraint(fields=["id", "company"], name="branch_of_company"),
            models.CheckConstraint(
                condition=Q(slot_minutes__gte=1, slot_minutes__lte=MINUTES_PER_DAY),
                name="branch_grid_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company.name}, {self.name}"

    @property
    def zone(self) -> ZoneInfo:
        """The one place that says in which zone this branch's times are shown (invariant I11)."""
        return self.company.zone

    @property
    def calendar_is_on(self) -> bool:
        return self.calendar != CalendarMode.OFF


class BranchPhoneNumber(models.Model):
    """A number that callers dial. It alone decides company and branch, hence globally unique (I8)."""

    branch = models.ForeignKey(
        Branch, on_delete=models.CASCADE, related_name="phone_numbers", verbose_name=_("branch")
    )
    number = PhoneField(_("number"), unique=True)

    class Meta:
        verbose_name = _("phone number")
        verbose_name_plural = _("phone numbers")

    def __str__(self) -> str:
        return str(self.number)


def minute_range() -> Func:
    return Func(F("start_minute"), F("end_minute"), function="int4range", output_field=IntegerRangeField())


def weekly_hours_constraints(*, owner: str, prefix: str) -> list[models.BaseConstraint]:
    """A pair of hours ends after it starts, and no two pairs of one day overlap."""
    return [
        models.CheckConstraint(
            condition=Q(end_minute__gt=F("start_minute"), end_minute__lte=MINUTES_PER_DAY),
            name=f"{prefix}_end_after_start",
            violation_error_code="end_before_start",
            violation_error_message=_("The end must be after the start."),
        ),
        models.CheckConstraint(condition=Q(weekday__gte=0, weekday__lte=6), name=f"{prefix}_weekday"),
        ExclusionConstraint(
            name=f"{prefix}_overlap",
            expressions=[
                (point_range(owner), "&&"),
                (point_range("weekday"), "&&"),
                (minute_range(), "&&"),
            ],
            violation_error_code="hours_overlap",
            violation_error_message=_("These hours overlap others of the same day."),
        ),
    ]


class WeeklyHours(models.Model):
    """A pair of hours of a weekday, by the wall clock. Two pairs a day make a break."""

    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    start_minute = MinuteOfDayField(_("from"))
    end_minute = MinuteOfDayField(_("until"))

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Said here and of the field, because Django then leaves the constraints on it aside:
        the one against overlaps would ask the database for a range that ends before it starts.
        """
        if None in {self.start_minute, self.end_minute}:
            return
        if self.end_minute <= self.start_minute:
            error = ValidationError(_("The end must be after the start."), code="end_before_start")
            raise ValidationError({"end_minute": error})


class OpeningHours(WeeklyHours):
    branch = models.ForeignKey(
        Branch, on_delete=models.CASCADE, related_name="opening_hours", verbose_name=_("branch")
    )

    history = recorded()

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        constraints: ClassVar = weekly_hours_constraints(owner="branch_id", prefix="opening_hours")

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.start_minute // 60}-{self.end_minute // 60}"
