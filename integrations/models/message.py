"""What customers are told in writing: who may be told what, what they know, and every single message."""

from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from appointments.audit import recorded
from appointments.constraints import SameCompany
from appointments.fields import MinuteOfDayField
from appointments.models import Appointment, Branch, Company, Customer
from integrations.placeholders import check


class MessageKind(models.TextChoices):
    CONFIRMATION = "confirmation", _("confirmation")
    CHANGE = "change", _("change")
    CANCELLATION = "cancellation", _("cancellation")
    REMINDER = "reminder", _("reminder")
    CALLBACK = "callback", _("callback promised")
    CALL_US = "call_us", _("we called")
    OFFER = "offer", _("waitlist offer")


class Medium(models.TextChoices):
    EMAIL = "email", _("e-mail")
    SMS = "sms", _("SMS")


class Wish(models.TextChoices):
    """By what a customer wants to be written to. Nobody who wants e-mails is sent SMS instead."""

    ANY = "any", _("e-mail, or SMS if only the number is known")
    EMAIL = "email", _("e-mail only")
    SMS = "sms", _("SMS only")


class Language(models.TextChoices):
    GERMAN = "de", _("German")
    ENGLISH = "en", _("English")


class MessageState(models.TextChoices):
    """``HANDED_OVER``: the server was about to take it. If the worker dies then, nobody knows
    (``UNCLEAR``), and it is not sent again by itself: never twice is promised.
    """

    WAITING = "waiting", _("to be sent")
    HANDED_OVER = "handed_over", _("being sent")
    SENT = "sent", _("sent")
    DELIVERED = "delivered", _("arrived")
    UNDELIVERED = "undelivered", _("did not arrive")
    OVERTAKEN = "overtaken", _("overtaken by a change")
    FAILED = "failed", _("could not be sent")
    UNCLEAR = "unclear", _("perhaps not sent")
    WITHHELD = "withheld", _("held back: too many")


TROUBLE = (
    MessageState.FAILED,
    MessageState.UNCLEAR,
    MessageState.WITHHELD,
    MessageState.UNDELIVERED,
)
# What left us, as far as anybody knows.
GONE = (MessageState.SENT, MessageState.DELIVERED)
# What the gateway has said of it: nobody knows better.
REPORTED = (MessageState.DELIVERED, MessageState.UNDELIVERED)


class Messaging(models.Model):
    """How a branch writes to its customers. Without a row it does not."""

    branch = models.OneToOneField(
        Branch, on_delete=models.CASCADE, related_name="messaging", verbose_name=_("branch")
    )
    email = models.BooleanField(_("send e-mails"), default=True)
    sms = models.BooleanField(
        _("send SMS"),
        default=False,
        db_default=False,
        help_text=_("To whom no e-mail can be sent, or who prefers SMS. Needs the company's SMS gateway."),
    )
    sender_name = models.CharField(
        _("sender"), max_length=100, blank=True, help_text=_("Empty: the name of the company.")
    )
    reply_to = models.EmailField(
        _("answers go to"), blank=True, help_text=_("The salon's own address, if answers shall be read.")
    )
    reminder_hours = models.PositiveSmallIntegerField(
        _("remind so many hours before"),
        default=24,
        validators=[MaxValueValidator(24 * 14)],
        help_text=_("0: no reminders. Only who agreed is reminded."),
    )
    reminds_day_before = models.BooleanField(
        _("remind on the day before instead"),
        default=False,
        db_default=False,
        help_text=_("At the time below, by the branch's clock. In the quiet time it comes after it."),
    )
    day_before_minute = MinuteOfDayField(_("on the day before at"), default=18 * 60, db_default=18 * 60)
    quiet_from_minute = MinuteOfDayField(
        _("no reminders after"),
        default=20 * 60,
        help_text=_("Nor an SMS that can wait until morning."),
    )
    quiet_until_minute = MinuteOfDayField(_("and before"), default=8 * 60)
    daily_limit = models.PositiveSmallIntegerField(
        _("messages a day to one address at most"), default=6, validators=[MinValueValidator(1)]
    )
    callbacks = models.BooleanField(
        _("confirm callbacks"),
        default=True,
        db_default=False,  # whoever wrote no such messages before has not asked for them
        help_text=_("Whoever is promised a callback on the phone gets it in writing, with the time."),
    )

    history = recorded()

    class Meta:
        verbose_name = _("messages of a branch")
        verbose_name_plural = _("messages of branches")

    def __str__(self) -> str:
        return str(self.branch)


class ContactPreference(models.Model):
    """What a customer wants. Without a row: German, by e-mail or else SMS, no reminders (nobody consented).

    ``no_email_since`` and ``no_sms_since``: since when they want none of these, by the link in a message or
    as the salon noted it. Then nothing else takes their place.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, verbose_name=_("company"))
    customer = models.OneToOneField(
        Customer,
        on_delete=models.CASCADE,
        related_name="contact_preference",
        db_constraint=False,
        verbose_name=_("customer"),
    )
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.GERMAN)
    wants_messages = models.BooleanField(_("wants confirmations in writing"), default=True)
    medium = models.CharField(
        pgettext_lazy("medium", "by"), max_length=5, choices=Wish, default=Wish.ANY, db_default="any"
    )
    no_email_since = models.DateTimeField(_("no e-mails since"), null=True, blank=True)
    no_sms_since = models.DateTimeField(_("no SMS since"), null=True, blank=True)
    reminders_agreed_at = models.DateTimeField(_("agreed to reminders at"), null=True, blank=True)

    history = recorded()

    class Meta:
        verbose_name = _("contact preference")
        verbose_name_plural = _("contact preferences")
        constraints: ClassVar = [
            SameCompany(field="customer", name="contact_preference_customer_same_company")
        ]

    def __str__(self) -> str:
        return str(self.customer)


class AppointmentNotice(models.Model):
    """What the customer of an appointment knows of it. Level-triggered like ``CalendarSync``: it says
    that both have to be compared, never what is to be sent.

    ``told`` is the schedule they were last told, as text; empty if nothing stands for them. ``due_at``
    is None while nothing is to be compared. ``sequence`` is that of the calendar entry they got.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, verbose_name=_("company"))
    appointment = models.OneToOneField(
        Appointment,
        on_delete=models.CASCADE,
        related_name="notice",
        db_constraint=False,
        verbose_name=_("appointment"),
    )
    told = models.CharField(max_length=200, blank=True, editable=False)
    told_starts_at = models.DateTimeField(_("told start"), null=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    due_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("what the customer knows")
        verbose_name_plural = _("what customers know")
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="appointment_notice_due")
        ]
        constraints: ClassVar = [
            SameCompany(field="appointment", name="appointment_notice_appointment_same_company")
        ]

    def __str__(self) -> str:
        return str(self.appointment)


class MessageTemplate(models.Model):
    """A company's own words for a kind of message. Without a row ours are used."""

    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="message_templates", verbose_name=_("company")
    )
    kind = models.CharField(_("message"), max_length=20, choices=MessageKind)
    medium = models.CharField(
        pgettext_lazy("medium", "by"), max_length=10, choices=Medium, default=Medium.EMAIL, db_default="email"
    )
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.GERMAN)
    subject = models.CharField(
        _("subject"), max_length=150, blank=True, help_text=_("Of an e-mail; an SMS has none.")
    )
    text = models.TextField(_("text"), max_length=4000)

    history = recorded()

    class Meta:
        verbose_name = _("message template")
        verbose_name_plural = _("message templates")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "kind", "medium", "language"],
                name="message_template_once",
                violation_error_code="template_exists",
                violation_error_message=_("There already is a template for this message."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.get_medium_display()}, {self.get_language_display()})"

    def clean(self) -> None:
        if self.medium == Medium.SMS:
            self.subject = ""
        elif not self.subject:
            raise ValidationError(
                {"subject": ValidationError(_("An e-mail needs a subject."), code="required")}
            )
        for field in ("subject", "text"):
            try:
                check(getattr(self, field), kind=self.kind)
            except ValidationError as error:
                raise ValidationError({field: error}) from error


class Message(models.Model):
    """One message to one person: the outbox, and afterwards the record of what was said.

    ``about`` is the schedule it tells, ``told_before`` what they knew until then; a message that was
    overtaken before it left takes its place in ``AppointmentNotice.told`` back. ``claimed_until``: no
    other worker sends it before this instant. ``sent_again``: how often staff asked for it
    once more; at an SMS gateway each has a reference of its own.

    Without an appointment ``about`` names what else it is about (``callback/17``), and whether it is still
    true says whoever registered for its kind (``messaging.truths``).
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, verbose_name=_("company"))
    # None only of what the release before this column wrote while it was being replaced.
    branch = models.ForeignKey(
        Branch,
        on_delete=models.CASCADE,
        null=True,
        db_constraint=False,
        db_index=False,
        verbose_name=_("branch"),
    )
    appointment = models.ForeignKey(
        Appointment,
        on_delete=models.CASCADE,
        related_name="messages",
        null=True,
        blank=True,
        db_constraint=False,
        verbose_name=_("appointment"),
    )
    customer = models.ForeignKey(
        Customer,
        on_delete=models.SET_NULL,
        related_name="messages",
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        verbose_name=_("customer"),
    )
    kind = models.CharField(_("message"), max_length=20, choices=MessageKind)
    medium = models.CharField(
        pgettext_lazy("medium", "by"), max_length=10, choices=Medium, default=Medium.EMAIL
    )
    language = models.CharField(_("language"), max_length=2, choices=Language)
    recipient = models.CharField(pgettext_lazy("message", "to"), max_length=254)
    about = models.CharField(max_length=200, editable=False)
    told_before = models.CharField(max_length=200, blank=True, editable=False)
    starts_at = models.DateTimeField(_("start"), editable=False)
    old_starts_at = models.DateTimeField(_("old start"), null=True, blank=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    subject = models.CharField(_("subject"), max_length=250, blank=True)
    text = models.TextField(_("text"))
    invitation = models.TextField(blank=True, editable=False)
    state = models.CharField(_("state"), max_length=12, choices=MessageState, default=MessageState.WAITING)
    next_try_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_again = models.PositiveSmallIntegerField(
        _("sent again by staff"), default=0, db_default=0, editable=False
    )
    claimed_until = models.DateTimeField(null=True, editable=False)
    error = models.CharField(_("last error"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    gateway_id = models.CharField(
        _("number at the gateway"), max_length=100, blank=True, db_default="", editable=False
    )
    reported_at = models.DateTimeField(_("reported at"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled by staff at"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("settled by"),
    )

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes: ClassVar = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(state__in=("waiting", "handed_over")),
                name="message_due",
            ),
            models.Index(fields=["recipient", "created_at"], name="message_recipient"),
            models.Index(fields=["company", "-created_at"], name="message_company"),
            models.Index(
                fields=["company", "created_at"],
                condition=Q(
                    state__in=("failed", "unclear", "withheld", "undelivered"), settled_at__isnull=True
                ),
                name="message_in_trouble",
            ),
            models.Index(
                fields=["company", "gateway_id"], condition=~Q(gateway_id=""), name="message_gateway_id"
            ),
            models.Index(fields=["branch"], name="message_branch"),
            models.Index(fields=["customer"], name="message_customer"),
        ]
        constraints: ClassVar = [
            SameCompany(field="branch", name="message_branch_same_company"),
            SameCompany(field="appointment", name="message_appointment_same_company"),
            SameCompany(field="customer", name="message_customer_same_company"),
            # Never twice: the same step of the same appointment, whoever sends it.
            models.UniqueConstraint(
                fields=["appointment", "medium", "sequence"],
                condition=~Q(kind="reminder"),
                name="message_once_per_step",
            ),
            models.UniqueConstraint(
                fields=["appointment", "medium", "starts_at"],
                condition=Q(kind="reminder"),
                name="message_reminder_once",
            ),
            models.UniqueConstraint(
                fields=["company", "kind", "about", "sequence"],
                condition=Q(appointment__isnull=True),
                name="message_once_about",
            ),
            models.CheckConstraint(
                condition=Q(appointment__isnull=False) | Q(kind__in=("callback", "call_us", "offer")),
                name="message_of_appointment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.recipient}"

    @property
    def is_trouble(self) -> bool:
        """A person has to see to it."""
        return self.state in TROUBLE and self.settled_at is None
