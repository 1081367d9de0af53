"""Every voice function once more, as a known caller asks it; those with a hold are in ``measures``."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from appointments import booking
from appointments.models import Customer, Staff
from appointments.models.appointment import Source
from tools.bench.measures import ROUNDS, WARM_UP, Bench, Result, measure

# For each round a caller of their own, so that nobody's list of appointments grows.
CALLERS = ROUNDS + WARM_UP + 2
ASKED: Mapping[str, dict[str, Any]] = {
    "get_current_context": {},
    "get_customer_appointments": {},
    "list_services": {},
    "get_opening_hours": {"datum": "morgen"},
    "parse_date": {"datum": "nächste Woche Dienstag", "uhrzeit": "halb drei"},
    "get_alternatives": {"datum": "übermorgen", "dienstleistung": "Herrenhaarschnitt"},
    "request_callback": {"grund": "Frage zum Preis"},
    "confirm_booking": {},
    "release_reservation": {},
}


def functions(bench: Bench) -> list[Result]:
    return [
        *(_asked(bench, name, args) for name, args in ASKED.items()),
        _held(bench, "pre_booking_revalidation"),
        _held(bench, "collect_appointment_data", bestaetigung=True, name="Jana Probst"),
        _changed(bench, "reschedule_appointment", lambda day: {"neues_datum": day, "neue_uhrzeit": "21 Uhr"}),
        _changed(bench, "cancel_appointment", lambda _day: {}),
    ]


def _asked(bench: Bench, name: str, args: dict[str, Any]) -> Result:
    callers = _callers(bench)
    return measure(name, lambda: _post(bench, name, args, caller=next(callers)))


def _callers(bench: Bench) -> Iterator[Customer]:
    return iter(Customer.objects.filter(company=bench.branch.company).order_by("pk")[: CALLERS * 2])


def _post(
    bench: Bench, name: str, args: dict[str, Any], *, caller: Customer, call: int | None = None
) -> dict[str, Any]:
    number = next(bench.calls) if call is None else call
    reply = bench.post(name, args, number, caller=str(caller.phone))
    if reply["status"] in {"error", "unknown_function", "unknown_number"}:
        raise RuntimeError(reply)
    return reply


def _held(bench: Bench, function: str, **args: Any) -> Result:
    """After the check whose hold it is about; the check is not measured."""
    prepared: list[tuple[int, Customer, dict[str, Any]]] = []
    callers = _callers(bench)
    while len(prepared) < CALLERS:
        staff, start = next(bench.slots)
        call, caller = next(bench.calls), next(callers)
        wish = {
            "datum": f"{start:%Y-%m-%d}",
            "uhrzeit": f"{start:%H:%M}",
            "dienstleistung": "Herrenhaarschnitt",
            "mitarbeiter": staff.name,
        }
        reply = _post(bench, "check_availability", wish, caller=caller, call=call)
        if reply["status"] == "available":  # not where it is too soon
            prepared.append((call, caller, {"reservation_id": reply["reservation_id"]}))

    def operation() -> None:
        call, caller, held = prepared.pop()
        reply = _post(bench, function, {**held, **args}, caller=caller, call=call)
        if not reply["success"]:
            raise RuntimeError(reply)

    result = measure(function, operation)
    bench.clear()
    return result


def _changed(bench: Bench, function: str, args_for: Callable[[str], dict[str, Any]]) -> Result:
    """Each caller has one appointment to come; staff made it. ``args_for`` its day (ISO)."""
    evenings = _evenings(bench)
    prepared = []
    for place in range(CALLERS):
        staff, start = next(evenings)
        caller = Customer.objects.create(
            company=bench.branch.company,
            name="Jana Probst",
            phone=f"+49309{next(bench.calls):07d}{place:03d}",
        )
        visit = booking.Visit(source=Source.STAFF, customer=caller)
        booking.book(bench.request(staff), start=start, visit=visit)
        prepared.append((caller, f"{start:%Y-%m-%d}"))

    def operation() -> None:
        caller, day = prepared.pop()
        reply = _post(bench, function, args_for(day), caller=caller)
        if not reply["success"]:
            raise RuntimeError(reply)

    result = measure(function, operation)
    bench.clear()
    return result


def _evenings(bench: Bench) -> Iterator[tuple[Staff, datetime]]:
    """Six in the evening, one for each stylist and day; nine is free as well. The floor's bookings of
    the other measures stand in the first weeks.
    """
    soonest = bench.now + timedelta(days=32)
    return ((staff, start) for staff, start in bench.slots if start.hour == 18 and start > soonest)
