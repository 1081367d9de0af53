"""Where an appointment shall go, in the caller's words. What is missing is a question (incident H14)."""

from dataclasses import replace

from appointments.models import Appointment
from calls import sentences
from calls.functions.arguments import Arguments
from calls.functions.chosen import choice
from calls.functions.conversation import Conversation
from calls.functions.memory import earlier
from calls.functions.wishes import Wish, of_choice, timed
from calls.functions.words import AskBack, ask, understand, wished_staff
from calls.models import Offer
from calls.reply import Reply
from calls.understanding import When

NEW_NAMES = {"datum": "neues_datum", "uhrzeit": "neue_uhrzeit"}


def read_moving_wish(conversation: Conversation, appointment: Appointment) -> Wish:
    """The service stays, and so does the stylist unless another is named. Raises ``AskBack``."""
    target = _as_target(conversation, appointment)
    try:
        wish = _read(target, appointment)
    except AskBack as question:
        raise AskBack(_about_the_move(question.reply, appointment)) from question
    if wish.service.pk != appointment.service_id:
        ask(sentences.contradiction())
    return replace(wish, service=appointment.service, moving=appointment)


def _read(target: Conversation, appointment: Appointment) -> Wish:
    chosen = choice(target)
    if chosen is not None:
        return of_choice(chosen)
    staff = wished_staff(target) or appointment.staff
    when = understand(target)
    if when is None:
        ask(sentences.move_to_when(), missing=["datum", "uhrzeit"])
    if when.date is None and (when.time is not None or when.window is not None):
        when = _on_the_same_day(target, appointment, when)
    return timed(target, appointment.service, staff, when)


def _on_the_same_day(target: Conversation, appointment: Appointment, when: When) -> When:
    """As in "denselben Tag um neun"; of "um neun" alone it is asked whether that day is meant."""
    day = target.local(appointment.starts_at).date()
    if when.question != "refers_to_earlier":
        ask(sentences.same_day(day, target.today), missing=["datum"], candidates=[day.isoformat()])
    return replace(when, status="resolved", date=day, missing=(), question=None)


def _as_target(conversation: Conversation, appointment: Appointment) -> Conversation:
    """The conversation in which only the new time is spoken of."""
    args = conversation.args
    day, clock = args.get("neues_datum"), args.get("neue_uhrzeit")
    if not (day or clock) and not _names_old_time(conversation, appointment):
        day, clock = args.get("datum"), args.get("uhrzeit")
    position = args.get("position") if points_at_offer(conversation) else None
    said = {
        "datum": day,
        "uhrzeit": clock,
        "datetime": args.get("datetime"),
        "mitarbeiter": args.get("mitarbeiter"),
        "offer_id": args.get("offer_id"),
        "position": position,
    }
    values = {name: value for name, value in said.items() if value is not None}
    return replace(conversation, branch=appointment.branch, args=Arguments(values, (), ()))


def words_for_old_time(conversation: Conversation) -> tuple[str | None, str | None]:
    """What the caller says of when the appointment is: ``altes_…``, or ``datum`` beside ``neues_…``."""
    args = conversation.args
    old = args.get("altes_datum"), args.get("alte_uhrzeit")
    if any(old) or not _names_new_time(conversation):
        return old
    return args.get("datum"), args.get("uhrzeit")


def _names_new_time(conversation: Conversation) -> bool:
    return any(conversation.args.get(name) for name in ("neues_datum", "neue_uhrzeit", "datetime"))


def _names_old_time(conversation: Conversation, appointment: Appointment) -> bool:
    """Whether ``datum`` and ``uhrzeit``, which alone could mean either, say where it stands now."""
    args = conversation.args
    if _names_new_time(conversation):
        return True
    if args.get("altes_datum") or args.get("alte_uhrzeit"):
        return False
    only_these = {name: value for name in ("datum", "uhrzeit") if (value := args.get(name)) is not None}
    when = understand(replace(conversation, args=Arguments(only_these, (), ())))
    start = conversation.local(appointment.starts_at)
    return (
        when is not None
        and when.date == start.date()
        and when.window is None
        and when.time in {None, start.time()}
    )


def points_at_offer(conversation: Conversation) -> bool:
    """Whether a position means one of the offered times: what this call heard last decides."""
    for attempt in earlier(conversation):
        reply = attempt.reply or {}
        if reply.get("alternatives"):
            return True
        if reply.get("appointments"):
            return False
    return Offer.objects.filter(call=conversation.call).exists()


def _about_the_move(reply: Reply, appointment: Appointment) -> Reply:
    """The question under the names of the move's arguments, and about which appointment it is."""
    missing = [NEW_NAMES.get(name, name) for name in reply.fields.get("missing", [])]
    fields = {**reply.fields, "missing": missing, "appointment_id": appointment.pk}
    return Reply(reply.status, reply.message, fields)
