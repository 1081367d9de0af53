from typing import Any

import appointments.fields
import django.db.models.deletion
from django.db import migrations, models

KINDS = [
    ("confirmation", "confirmation"),
    ("change", "change"),
    ("cancellation", "cancellation"),
    ("reminder", "reminder"),
    ("callback", "callback promised"),
    ("call_us", "we called"),
    ("offer", "waitlist offer"),
]
MEDIA = [("email", "e-mail"), ("sms", "SMS")]
WISHES = [
    ("any", "e-mail, or SMS if only the number is known"),
    ("email", "e-mail only"),
    ("sms", "SMS only"),
]
STATES = [
    ("waiting", "to be sent"),
    ("handed_over", "being sent"),
    ("sent", "sent"),
    ("delivered", "arrived"),
    ("undelivered", "did not arrive"),
    ("overtaken", "overtaken by a change"),
    ("failed", "could not be sent"),
    ("unclear", "perhaps not sent"),
    ("withheld", "held back: too many"),
]


def of_messaging(model: str) -> list[Any]:
    return [
        migrations.AddField(
            model_name=model,
            name="sms",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="To whom no e-mail can be sent, or who prefers SMS. Needs the company's SMS gateway.",
                verbose_name="send SMS",
            ),
        ),
        migrations.AddField(
            model_name=model,
            name="callbacks",
            field=models.BooleanField(
                db_default=False,
                default=True,
                help_text="Whoever is promised a callback on the phone gets it in writing, with the time.",
                verbose_name="confirm callbacks",
            ),
        ),
        migrations.AlterField(
            model_name=model,
            name="quiet_from_minute",
            field=appointments.fields.MinuteOfDayField(
                default=1200,
                help_text="Nor an SMS that can wait until morning.",
                verbose_name="no reminders after",
            ),
        ),
    ]


def of_preference(model: str) -> list[Any]:
    return [
        migrations.AddField(
            model_name=model,
            name="medium",
            field=models.CharField(
                choices=WISHES, db_default="any", default="any", max_length=5, verbose_name="by"
            ),
        ),
        migrations.AddField(
            model_name=model,
            name="no_email_since",
            field=models.DateTimeField(blank=True, null=True, verbose_name="no e-mails since"),
        ),
        migrations.AddField(
            model_name=model,
            name="no_sms_since",
            field=models.DateTimeField(blank=True, null=True, verbose_name="no SMS since"),
        ),
    ]


def of_template(model: str) -> list[Any]:
    return [
        migrations.AddField(
            model_name=model,
            name="medium",
            field=models.CharField(
                choices=MEDIA, db_default="email", default="email", max_length=10, verbose_name="by"
            ),
        ),
        migrations.AlterField(
            model_name=model,
            name="kind",
            field=models.CharField(choices=KINDS, max_length=20, verbose_name="message"),
        ),
        migrations.AlterField(
            model_name=model,
            name="subject",
            field=models.CharField(
                blank=True, help_text="Of an e-mail; an SMS has none.", max_length=150, verbose_name="subject"
            ),
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0039_request_counts"),
        ("integrations", "0010_sms_gateway"),
    ]

    operations = [
        *of_messaging("messaging"),
        *of_messaging("historicalmessaging"),
        *of_preference("contactpreference"),
        *of_preference("historicalcontactpreference"),
        *of_template("messagetemplate"),
        *of_template("historicalmessagetemplate"),
        migrations.RemoveConstraint(model_name="messagetemplate", name="message_template_once"),
        migrations.AddConstraint(
            model_name="messagetemplate",
            constraint=models.UniqueConstraint(
                fields=("company", "kind", "medium", "language"),
                name="message_template_once",
                violation_error_code="template_exists",
                violation_error_message="There already is a template for this message.",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="branch",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                to="appointments.branch",
                verbose_name="branch",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="customer",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="messages",
                to="appointments.customer",
                verbose_name="customer",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="gateway_id",
            field=models.CharField(
                blank=True,
                db_default="",
                editable=False,
                max_length=100,
                verbose_name="number at the gateway",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="reported_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="reported at"),
        ),
        migrations.AlterField(
            model_name="message",
            name="appointment",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="messages",
                to="appointments.appointment",
                verbose_name="appointment",
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=20, verbose_name="message"),
        ),
        migrations.AlterField(
            model_name="message",
            name="medium",
            field=models.CharField(choices=MEDIA, default="email", max_length=10, verbose_name="by"),
        ),
        migrations.AlterField(
            model_name="message",
            name="state",
            field=models.CharField(
                choices=STATES, default="waiting", max_length=12, verbose_name="state"
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="subject",
            field=models.CharField(blank=True, max_length=250, verbose_name="subject"),
        ),
    ]
