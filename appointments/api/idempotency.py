"""``Idempotency-Key``: a request that is repeated has the effect and the answer of once (I7)."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from appointments.locks import one_at_a_time
from appointments.models import ApiReply, Company
from appointments.models.api import REPLY_LIFETIME

HEADER = "Idempotency-Key"
_FORM = re.compile(r"[\x21-\x7e]{1,255}")


class IdempotencyKeyReused(APIException):
    """The key belongs to another request."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "idempotency_key_reused"
    default_detail = _("This Idempotency-Key was used for another request.")


def once(request: Request, company: Company, create: Callable[[], Response], *, now: datetime) -> Response:
    """What ``create`` answers, or what it answered to the same key within 24 hours.

    A duplicate that arrives meanwhile waits. Only success is stored, in the same transaction as what
    was created: a refusal may be none the next time, since the slot may have become free.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return create()
    if not _FORM.fullmatch(key):
        raise ValidationError({HEADER: _("It must have 1 to 255 visible ASCII characters.")}, code="invalid")
    digest = _digest(request)
    with one_at_a_time(f"api:{company.pk}:{key}"), transaction.atomic():
        stored = ApiReply.objects.filter(company=company, key=key).first()
        if stored is not None and stored.created_at > now - REPLY_LIFETIME:
            if stored.digest != digest:
                raise IdempotencyKeyReused
            return Response(json.loads(stored.body), status=stored.status)
        response = create()
        ApiReply.objects.update_or_create(
            company=company,
            key=key,
            defaults={
                "digest": digest,
                "status": response.status_code,
                "body": JSONRenderer().render(response.data).decode(),
                "created_at": now,
            },
        )
    return response


def _digest(request: Request) -> str:
    """Of method, path and the body as it came."""
    head = f"{request.method} {request.path}\n".encode()
    return hashlib.sha256(head + request.body).hexdigest()
