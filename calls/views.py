"""Where the voice platform calls: signature, JSON, one domain call, reply."""

import logging
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django_q.tasks import async_task
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from calls.dispatch import answer
from calls.envelope import parse_body, read_envelope
from calls.events import intake
from calls.inbound import greet
from calls.json_values import word
from calls.models import CallEvent, CallEventOutcome
from calls.signature import HEADER, is_signed
from integrations.incoming.intake import read_message

logger = logging.getLogger(__name__)
PROCESS = "calls.tasks.process_call_event"


class PlatformSignature(BaseAuthentication):
    """Admits what one of ``RETELL_API_KEYS`` has signed, on the raw body, also under ``DEBUG``."""

    def authenticate(self, request: Request) -> None:
        now_ms = int(timezone.now().timestamp() * 1000)
        if not is_signed(
            request.body, request.headers.get(HEADER), keys=settings.RETELL_API_KEYS, now_ms=now_ms
        ):
            raise AuthenticationFailed

    def authenticate_header(self, request: Request) -> str:
        return HEADER


class OnlyJson(BaseContentNegotiation):
    """There is one kind of answer; a header that asks for another must not become a 406."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        return next(iter(parsers), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class SignedView(APIView):
    authentication_classes = (PlatformSignature,)
    content_negotiation_class = OnlyJson
    permission_classes = ()

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, AuthenticationFailed):
            return Response(status=401)  # says nothing about what is wrong with the signature
        return super().handle_exception(exc)


class FunctionView(SignedView):
    """``POST /retell/functions/`` and ``…/<name>/``: always 200 for what is signed and is JSON."""

    def post(self, request: Request, name: str = "") -> Response:
        try:
            body: Any = parse_body(request.body)
        except ValueError:
            return Response(status=400)
        with translation.override(settings.LANGUAGE_CODE):
            return Response(answer(read_envelope(body, name=name), now=timezone.now()))


class EventView(SignedView):
    """``POST /retell/webhook/``: 204 as soon as it is stored, repeats and strange events included."""

    def post(self, request: Request) -> Response:
        try:
            message = read_message(request.body)
        except ValueError:
            return Response(status=400)
        event = intake.store(word(message.get("event")), message.get("call"), now=timezone.now())
        if event is None:
            logger.warning("A message of the voice platform names no call")
        elif event.outcome == CallEventOutcome.NEW:
            # The row is what counts: should the queue be away, the schedule finds it.
            transaction.on_commit(lambda: _queue(event), robust=True)
        return Response(status=204)


def _queue(event: CallEvent) -> None:
    async_task(PROCESS, event.pk)


class InboundView(SignedView):
    """``POST /retell/inbound/``: who is calling, before the first word. Fails open: it rings meanwhile."""

    def post(self, request: Request) -> Response:
        with translation.override(settings.LANGUAGE_CODE):
            return Response(greet(request.body, now=timezone.now()))
