"""Moving and cancelling: asked first, done only after an explicit yes (incidents H12, H16, H17).

The server says what would happen and remembers what was said about it, so a yes needs no details.
"""

from collections.abc import Iterator, Sequence

from calls.flow import tools
from calls.flow import variables as v
from calls.flow.parts import Answer, Node, does, says, takes

ROUNDS = 2
MOVE_CORRECTIONS: tuple[tuple[str, str, Sequence[v.Variable]], ...] = (
    ("time", "Der Anrufer nennt eine andere neue Uhrzeit; der neue Tag bleibt.", (v.MOVE_TIME,)),
    ("day", "Der Anrufer nennt einen anderen neuen Tag; die neue Uhrzeit bleibt.", (v.MOVE_DAY,)),
    ("day_and_time", "Der Anrufer nennt den neuen Tag und die neue Uhrzeit.", (v.MOVE_DAY, v.MOVE_TIME)),
    ("old", "Der Anrufer sagt, wann der Termin ist, um den es geht.", (v.MOVE_OLD_DAY, v.MOVE_OLD_TIME)),
)
PICKED = "Der Anrufer meint einen der gerade genannten Termine, nach der Stelle oder nach der Zeit."
RATHER_CANCELS: Answer = ("Der Anrufer möchte den Termin lieber absagen.", "take_cancel")
STAYS = "Der Anrufer möchte den Termin doch so lassen."


def nodes() -> Iterator[Node]:
    yield takes("take_move", [v.MOVE_OLD_DAY, v.MOVE_OLD_TIME, v.MOVE_DAY, v.MOVE_TIME], "move_check_1")
    for number in range(1, ROUNDS + 1):
        yield from _move_round(number)
    yield does("move", tools.MOVE, _move_outcomes(1), otherwise="trouble")
    yield takes("take_cancel", [v.CANCEL_DAY, v.CANCEL_TIME, v.CANCEL_SERVICE], "cancel_check_1")
    for number in range(1, ROUNDS + 1):
        yield from _cancel_round(number)
    yield does("cancel", tools.CANCEL, _cancel_outcomes(1), otherwise="trouble")


def _after(number: int, node: str) -> str:
    return f"{node}_{number + 1}" if number < ROUNDS else "offer_callback"


def _move_outcomes(number: int) -> dict[str, str]:
    return {
        "rescheduled": "moved",
        "ready_for_confirmation": f"confirm_move_{number}",
        "slot_taken": f"choose_move_{number}",
        "several": f"choose_move_{number}",
        "needs_clarification": f"choose_move_{number}",
        "none": "move_impossible",
        "denied": "move_impossible",
        "not_identified": "move_not_identified",
    }


def _move_round(number: int) -> Iterator[Node]:
    yield does(f"move_check_{number}", tools.MOVE_CHECK, _move_outcomes(number), otherwise="trouble")
    if number > 1:
        yield does(f"move_choice_{number}", tools.MOVE_CHOICE, _move_outcomes(number), otherwise="trouble")
    corrected: list[Answer] = [
        (condition, f"correct_move_{name}_{number}") for name, condition, _changed in MOVE_CORRECTIONS
    ]
    agrees = "Der Anrufer sagt ausdrücklich ja dazu, den Termin auf die gerade genannte Zeit zu verschieben."
    yield says(
        f"confirm_move_{number}",
        tools.MOVE.message,
        [(agrees, "move"), *corrected, RATHER_CANCELS, (STAYS, "concern")],
    )
    yield says(
        f"choose_move_{number}",
        tools.MOVE.message,
        [(PICKED, f"pick_move_{number}"), *corrected, RATHER_CANCELS, (STAYS, "concern")],
    )
    yield takes(f"pick_move_{number}", [v.MOVE_CHOICE], _after(number, "move_choice"))
    for name, _condition, changed in MOVE_CORRECTIONS:
        yield takes(f"correct_move_{name}_{number}", changed, _after(number, "move_check"))


def _cancel_outcomes(number: int) -> dict[str, str]:
    return {
        "cancelled": "cancelled",
        "needs_clarification": f"confirm_cancel_{number}",
        "several": f"confirm_cancel_{number}",
        "none": "cancel_impossible",
        "denied": "cancel_impossible",
        "not_identified": "cancel_not_identified",
    }


def _cancel_round(number: int) -> Iterator[Node]:
    """A yes to any question of the server is right: where it has named no one appointment, it asks again."""
    yield does(f"cancel_check_{number}", tools.CANCEL_CHECK, _cancel_outcomes(number), otherwise="trouble")
    if number > 1:
        outcomes = _cancel_outcomes(number)
        yield does(f"cancel_choice_{number}", tools.CANCEL_CHOICE, outcomes, otherwise="trouble")
    yield says(
        f"confirm_cancel_{number}",
        tools.CANCEL.message,
        [
            ("Der Anrufer sagt ausdrücklich ja dazu, den gerade genannten Termin abzusagen.", "cancel"),
            (PICKED, f"pick_cancel_{number}"),
            ("Der Anrufer sagt, wann der Termin ist, um den es geht.", f"correct_cancel_{number}"),
            ("Der Anrufer möchte lieber verschieben.", "take_move"),
            (STAYS, "concern"),
        ],
    )
    yield takes(f"pick_cancel_{number}", [v.CANCEL_CHOICE], _after(number, "cancel_choice"))
    yield takes(f"correct_cancel_{number}", [v.CANCEL_DAY, v.CANCEL_TIME], _after(number, "cancel_check"))
