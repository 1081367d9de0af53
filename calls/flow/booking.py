"""From a wish to an appointment: check, offer, revalidate, name, book (``architecture.md`` §4).

A correction changes the one thing that was corrected and leads to the next check, never back to the
beginning; after :data:`ROUNDS` of them the caller is asked whether to go on (incident J26).
"""

from collections.abc import Iterator, Sequence

from calls import sentences
from calls.flow import prompts, spoken, tools
from calls.flow import variables as v
from calls.flow.intents import HUMAN, OF_EXISTING, OTHERS
from calls.flow.parts import Answer, Node, asks, decides, does, says, takes
from calls.flow.surnames import SURNAMES

ROUNDS = 3
# What each correction writes down anew; everything else stays as it was.
CORRECTIONS: tuple[tuple[str, str, Sequence[v.Variable]], ...] = (
    ("time", "Der Anrufer nennt eine andere Uhrzeit oder Tageszeit; der Tag bleibt.", (v.WISH_TIME,)),
    ("day", "Der Anrufer nennt einen anderen Tag; die Uhrzeit bleibt.", (v.WISH_DAY,)),
    ("day_and_time", "Der Anrufer nennt Tag und Uhrzeit neu.", (v.WISH_DAY, v.WISH_TIME)),
    ("service", "Der Anrufer nennt eine andere oder genauere Dienstleistung.", (v.WISH_SERVICE,)),
    ("staff", "Der Anrufer sagt, bei wem der Termin sein soll, oder dass es egal ist.", (v.WISH_STAFF,)),
)
CHOSEN = (
    "Der Anrufer wählt einen der gerade genannten Termine, zum Beispiel den ersten oder eine der Uhrzeiten."
)
OTHER_TIMES = "Der Anrufer möchte andere Zeiten hören, ohne selbst eine zu nennen; keine passt."
NO_MORE = "Der Anrufer möchte keinen Termin mehr oder es sich überlegen."
AGREES = "Der Anrufer sagt ausdrücklich ja zu dem gerade genannten Termin."


def nodes() -> Iterator[Node]:
    yield from _wish()
    for number in range(1, ROUNDS + 1):
        yield from _round(number)
    yield says(
        "still_searching",
        spoken.still_searching(),
        [
            ("Der Anrufer möchte weiter suchen oder nennt eine neue Zeit.", "take_new_time"),
            ("Der Anrufer möchte zurückgerufen werden.", "take_reason"),
            (NO_MORE, "concern"),
        ],
    )
    yield takes("take_new_time", [v.WISH_DAY, v.WISH_TIME], "check_1")
    yield does("release", tools.RELEASE, {"released": "concern"}, otherwise="concern")
    yield from _before_the_name()
    yield from _name()
    yield from _booking()


def _wish() -> Iterator[Node]:
    wish = [v.WISH_SERVICE, v.WISH_DAY, v.WISH_TIME, v.WISH_STAFF, v.FOR_OTHER]
    yield asks(
        "ask_wish",
        prompts.ASK_WISH,
        [
            ("Der Anrufer hat Dienstleistung und Tag oder Uhrzeit genannt.", "take_wish"),
            (
                "Der Anrufer hat die Dienstleistung genannt und möchte so bald wie möglich kommen.",
                "take_soon",
            ),
            ("Der Anrufer möchte doch keinen neuen Termin.", "concern"),
            *OTHERS,
        ],
    )
    yield takes("take_wish", wish, "check_1")
    yield takes("take_soon", [v.WISH_SERVICE, v.WISH_STAFF, v.FOR_OTHER], "more_1")


def _after(number: int, node: str) -> str:
    """``node`` of the next round; after the last one the question whether to go on."""
    return f"{node}_{number + 1}" if number < ROUNDS else "still_searching"


def _round(number: int) -> Iterator[Node]:
    """``check_1``, ``offer_1`` and so on: one thing checked, and whatever can be said to the answer."""
    outcomes = {
        "available": f"offer_{number}",
        "unavailable": f"choose_{number}",
        "found": f"choose_{number}",
        "existing": "existing",
        "needs_clarification": f"clarify_{number}",
        "not_offered": f"clarify_{number}",
    }
    yield does(f"check_{number}", tools.CHECK, outcomes, otherwise="trouble")
    if number > 1:
        yield does(f"check_choice_{number}", tools.CHECK_CHOICE, outcomes, otherwise="trouble")
    yield says(
        f"offer_{number}",
        tools.CHECK.message,
        [
            (AGREES, "revalidate"),
            *corrections(number),
            (OTHER_TIMES, f"more_{number}"),
            *OF_EXISTING,
            HUMAN,
            (NO_MORE, "release"),
        ],
    )
    yield says(f"choose_{number}", tools.CHECK.message, choices(number))
    yield says(f"clarify_{number}", tools.CHECK.message, choices(number))
    yield does(
        f"more_{number}",
        tools.ALTERNATIVES,
        {
            "found": f"choose_other_{number}",
            "none": f"choose_other_{number}",
            "needs_clarification": f"choose_other_{number}",
            "not_offered": f"choose_other_{number}",
        },
        otherwise="trouble",
    )
    yield says(f"choose_other_{number}", tools.ALTERNATIVES.message, choices(number))
    yield takes(f"pick_{number}", [v.OFFER_CHOICE], _after(number, "check_choice"))
    for name, _condition, changed in CORRECTIONS:
        yield takes(f"correct_{name}_{number}", changed, _after(number, "check"))


def corrections(number: int) -> list[Answer]:
    return [(condition, f"correct_{name}_{number}") for name, condition, _changed in CORRECTIONS]


def choices(number: int) -> list[Answer]:
    """What can be said to times that were offered, or to a question about the wish."""
    return [
        (CHOSEN, f"pick_{number}"),
        *corrections(number),
        (OTHER_TIMES, _after(number, "more")),
        *OF_EXISTING,
        HUMAN,
        (NO_MORE, "concern"),
    ]


def _before_the_name() -> Iterator[Node]:
    """The truth once more, after the caller's yes and before anything else is asked (incident 4)."""
    yield does(
        "revalidate",
        tools.REVALIDATE,
        {
            "valid": "for_whom",
            "lost": "lost",
            "existing": "existing_revalidated",
            "needs_clarification": "lost",
            "not_offered": "lost",
        },
        otherwise="trouble",
    )
    yield says("lost", tools.REVALIDATE.message, choices(1))
    yield says("existing", tools.CHECK.message, existing_answers())
    yield says("existing_revalidated", tools.REVALIDATE.message, existing_answers())


def existing_answers() -> list[Answer]:
    return [
        ("Der Anrufer möchte den bestehenden Termin verschieben.", "take_move"),
        ("Der Anrufer möchte den bestehenden Termin absagen.", "take_cancel"),
        ("Der Anrufer möchte zusätzlich einen anderen Termin.", "ask_wish"),
        ("Der Anrufer lässt es dabei.", "concern"),
    ]


def _name() -> Iterator[Node]:
    known = {"customer_known": "true", v.FOR_OTHER.name: v.NO}
    yield decides("for_whom", [(known, "book_for_caller")], otherwise="ask_name")
    said = "Der Anrufer hat einen Namen genannt oder buchstabiert."
    unwilling = "Der Anrufer möchte keinen Namen nennen oder keinen Termin mehr."
    for node, text, taken in (
        ("ask_name", sentences.what_name(), "take_name"),
        ("ask_spelling", spoken.please_spell(), "take_spelling"),
        ("ask_name_again", tools.BOOK.message, "take_name_again"),
    ):
        yield {
            **says(node, text, [(said, taken), (unwilling, "release")]),
            "boosted_keywords": list(SURNAMES),
        }
    unclear = {v.NAME_CLEAR.name: v.NO}
    yield takes("take_name", [v.NAME, v.NAME_CLEAR], "book", unless=[(unclear, "ask_spelling")])
    yield takes("take_spelling", [v.NAME], "book")
    yield takes("take_name_again", [v.NAME], "book_again")


def _booking() -> Iterator[Node]:
    outcomes = {
        "booked": "booked",
        "already_booked": "booked",
        "provisional": "booked",
        "existing": "existing_booking",
        "slot_taken": "not_booked",
        "refused": "not_booked",
        "needs_clarification": "not_booked",
        "not_offered": "not_booked",
    }
    yield does(
        "book_for_caller", tools.BOOK_FOR_CALLER, {**outcomes, "needs_name": "ask_name"}, otherwise="outcome"
    )
    yield does("book", tools.BOOK, {**outcomes, "needs_name": "ask_name_again"}, otherwise="outcome")
    yield does("book_again", tools.BOOK, {**outcomes, "needs_name": "trouble"}, otherwise="outcome")
    yield says("not_booked", tools.BOOK.message, choices(1))
    yield says("existing_booking", tools.BOOK.message, existing_answers())
    # No answer to a booking says nothing about what became of it: the server is asked.
    told = dict.fromkeys(
        (*("booked", "already_booked", "provisional", "existing"), *("slot_taken", "refused", "cancelled")),
        "outcome_told",
    )
    yield does(
        "outcome",
        tools.OUTCOME,
        {**told, "needs_name": "trouble", "needs_clarification": "trouble"},
        otherwise="trouble",
    )
