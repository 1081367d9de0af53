"""From a signed message to one answer: tenant, call, replay, function, reply."""

import hashlib
import json
import logging
import re
from datetime import datetime
from time import monotonic
from typing import Any

from django.db import DatabaseError

from appointments import booking, tracing
from appointments.audit import Channel, acting
from appointments.locks import one_at_a_time
from appointments.models import Branch
from calls import limits, measuring, sentences
from calls.envelope import Envelope
from calls.functions import VoiceFunction, find
from calls.functions.arguments import Arguments, read_arguments
from calls.functions.conversation import Conversation
from calls.functions.words import AskBack, Refused
from calls.models import Call, FunctionCall
from calls.recording import OtherCompany, lock_of, record_call
from calls.reply import Reply
from calls.tenant import branch_of

logger = logging.getLogger(__name__)

IDENTIFIER = re.compile(r"[a-z][a-z_]{0,50}(_v\d{1,4})?")


def answer(envelope: Envelope, *, now: datetime) -> dict[str, Any]:
    """The JSON reply, spoken in any case: a caller must not hear silence (incidents J13, J27)."""
    started = monotonic()
    try:
        reply = _answer(envelope, now)
    except DatabaseError:
        logger.exception("Function %s: the database did not answer", _safe(envelope.name))
        reply = Reply("error", sentences.error()).as_json()
    measuring.note_answer(envelope.name, reply["status"], monotonic() - started)
    return reply


def _answer(envelope: Envelope, now: datetime) -> dict[str, Any]:
    branch = branch_of(envelope.call)
    if branch is None:
        logger.warning("Function call for an unknown number or agent")
        return Reply("unknown_number", sentences.unknown_number()).as_json()
    if not limits.admits(envelope.call, branch, now=now):
        logger.warning("More function calls than anybody can speak")
        return Reply("error", sentences.too_many()).as_json()
    function = find(envelope.name)
    if not envelope.call.call_id:
        return _answer_without_call(envelope, branch, function, now)
    with one_at_a_time(lock_of(envelope.call.call_id)):
        try:
            call, is_new = record_call(envelope.call, branch, now=now)
        except OtherCompany as error:
            logger.error("Refused: %s", error)  # noqa: TRY400 - that is all
            return Reply("unknown_number", sentences.unknown_number()).as_json()
        with acting(Channel.PHONE, call.call_id), tracing.about(call=call.call_id):
            return _answer_in_call(envelope, call, function, now, is_new=is_new)


def _answer_without_call(
    envelope: Envelope, branch: Branch, function: VoiceFunction | None, now: datetime
) -> dict[str, Any]:
    """Without an identity nothing can be held or booked; what anybody may know is answered."""
    if function is None:
        return _unknown_function(envelope).as_json()
    if function.needs_call:
        logger.warning("Function %s called without a call id", function.name)
        return Reply("error", sentences.error()).as_json()
    conversation = Conversation(branch, None, None, read_arguments(envelope.args), now)
    return _run(function, conversation).as_json()


def _answer_in_call(
    envelope: Envelope, call: Call, function: VoiceFunction | None, now: datetime, *, is_new: bool
) -> dict[str, Any]:
    arguments = read_arguments(envelope.args)
    digest = _digest(arguments)
    replayed = _replay(envelope, call, digest)
    if replayed is not None:
        return replayed
    started = monotonic()
    record = _record(envelope, call, digest, arguments, now)
    if function is None:
        reply = _unknown_function(envelope)
    else:
        conversation = Conversation(call.branch, call, record, arguments, now, has_history=not is_new)
        reply = _run(function, conversation)
    record.reply = reply.as_json()
    record.status = reply.status
    record.milliseconds = round((monotonic() - started) * 1000)
    record.save(update_fields=["reply", "status", "milliseconds", "lost_race", "error"])
    facts = {"appointment": record.reply.get("appointment_id"), "milliseconds": record.milliseconds}
    logger.info("Function %s: %s", _safe(envelope.name), reply.status, extra=facts)
    return record.reply


def _replay(envelope: Envelope, call: Call, digest: str) -> dict[str, Any] | None:
    """The stored answer to the very same tool call: same id, name and arguments (invariant I7).

    An answer that was an accident of ours is not worth repeating.
    """
    if not envelope.tool_call_id:
        return None
    same = FunctionCall.objects.filter(
        call=call, tool_call_id=envelope.tool_call_id, name=envelope.name, args_digest=digest
    )
    return same.exclude(reply=None).exclude(status="error").values_list("reply", flat=True).first()


def _record(envelope: Envelope, call: Call, digest: str, arguments: Arguments, now: datetime) -> FunctionCall:
    if arguments.unknown:
        names = ", ".join(map(_safe, arguments.unknown))
        logger.warning("Function %s: unknown arguments %s", _safe(envelope.name), names)
    return FunctionCall.objects.create(
        call=call,
        name=envelope.name[:100],
        tool_call_id=envelope.tool_call_id,
        args=arguments.values,
        args_digest=digest,
        unknown_args=list(arguments.unknown),
        created_at=now,
    )


def _run(function: VoiceFunction, conversation: Conversation) -> Reply:
    """The one boundary at which an unforeseen error becomes a spoken sentence (incident J27).

    It is logged with its traceback and kept with the function call; what it had begun is undone.
    """
    try:
        if conversation.args.contradictions:
            return _question(sentences.contradiction(), [])
        garbled = set(conversation.args.garbled).intersection(function.definition.arguments)
        if garbled:
            return _question(sentences.say_again(), sorted(garbled))
        if conversation.has_history:
            booking.keep_alive(conversation.required_call.holder, now=conversation.now)
        return function.handler(conversation)
    except Refused as refused:
        return refused.refused_as(function.refusal) if function.refusal else refused.reply
    except AskBack as question:
        return question.reply
    except Exception as error:
        logger.exception("Function %s failed", function.name)
        if conversation.function_call is not None:
            conversation.function_call.error = _described(error)
        return Reply("error", sentences.error())


def _safe(name: str) -> str:
    """A name as programmes give it. A model may put a person's name or number where one belongs."""
    return name if IDENTIFIER.fullmatch(name) else "(no name)"


def _question(message: str, missing: list[str]) -> Reply:
    return Reply("needs_clarification", message, {"missing": missing, "candidates": []})


def _described(error: Exception) -> str:
    """The kind of the error; its text only where it cannot quote a row with somebody's number."""
    if isinstance(error, DatabaseError):
        return type(error.__cause__ or error).__name__
    return f"{type(error).__name__}: {error}"[:2000]


def _unknown_function(envelope: Envelope) -> Reply:
    logger.error("Unknown function %s", _safe(envelope.name))
    return Reply("unknown_function", sentences.unknown_function())


def _digest(arguments: Arguments) -> str:
    """Of what a function can read. What it cannot, as deep as it may nest, makes no other call of it."""
    canonical = json.dumps([arguments.values, arguments.contradictions, arguments.garbled], sort_keys=True)
    return hashlib.blake2b(canonical.encode(), digest_size=16).hexdigest()
