"""What somebody hostile would enter, in every text that is stored anywhere."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.db.models import Model

from tests.calls.rows import OURS

TAG = "<tf-x"
# A tag that leaves an attribute, and what three kinds of templates and a database would act on.
PAYLOAD = f"""{TAG} a='1' b="2">{{{{7*7}}}}{{% debug %}}%(name)s%s{{0.__class__}}${{7*7}};DROP TABLE"""
# By what a field of text is read, it is more than a text: one may write there only what can be read.
READ_BY_US = frozenset(
    {
        *(
            "timezone",
            "slug",
            "holidays",
            "digest",
            "args_digest",
            "rule",
            "check_id",
            "fingerprint",
            "language",
        ),
        *(
            "api_key_encrypted",
            "webhook_secret_encrypted",
            "address_encrypted",
            "code",
            "last_error_code",
            "event",
        ),
        *(
            "phone",
            "caller",
            "number",
            "contact_phone",
            "salon_number",
            "trigger",
            "last_error",
            "error_code",
        ),
        *("key_digest", "holder", "file", "name_key", "search"),
    }
)


def plant() -> tuple[set[str], set[str]]:
    """Writes it past every form and rule; where it stands now, and which fields the database kept clean."""
    planted, refused = set(), set()
    for model, name, longest in text_fields():
        label = f"{model._meta.label}.{name}"
        for pk in list(model._base_manager.values_list("pk", flat=True)):
            # Unique names stay so.
            text = f"{str(pk)[:4]}{PAYLOAD}"[:longest] if longest >= 40 else f"{TAG}{str(pk)[-3:]}"[:longest]
            try:
                with transaction.atomic():
                    model._base_manager.filter(pk=pk).update(**{name: text})
            except DatabaseError:
                refused.add(label)
            else:
                planted.add(label)
    return planted, refused


def text_fields() -> Iterator[tuple[type[Model], str, int]]:
    """Model, field, longest text."""
    for model in apps.get_models():
        if model._meta.app_label not in OURS or model._meta.proxy:
            continue
        for field in model._meta.concrete_fields:
            kind: Any = type(field)
            is_text = issubclass(kind, models.CharField | models.TextField) and not field.primary_key
            if is_text and not field.choices and field.name not in READ_BY_US:
                yield model, field.name, field.max_length or 500
