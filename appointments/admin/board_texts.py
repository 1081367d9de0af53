"""What the planner's script says. In one place, so that it is translated like everything else."""

from django.utils.translation import gettext_lazy as _

TEXTS = {
    "grid": _("Show as a grid"),
    "list": _("Show as a list"),
    "withoutName": _("without a name"),
    "held": _("held for a call, {time} left"),
    "freeMeanwhile": _("free meanwhile"),
    "away": _("away"),
    "conflict": _("in conflict"),
    "missed": _("did not come before: {times}×"),
    "lengthIsFixed": _("The service decides how long it takes. To change it, open the appointment."),
    "moved": _("{name}: moved to {time}, {staff}."),
    "booked": _("{name}: booked for {time}, {staff}."),
    "ill": _("{name} is ill"),
    "undo": _("Undo"),
    "undone": _("Undone."),
    "close": _("Close"),
    "insist": _("All the same"),
    "nearest": _("The nearest free times:"),
    "offline": _("The server cannot be reached. Nothing has been changed."),
    "loggedOut": _("Nothing has been changed: you are no longer logged in. Please load the page again."),
    "keyboard": _(
        "{name}, {time}. Enter opens it. M moves it: arrow keys, then Enter to put it there or Escape."
    ),
    "moving": _("{time}, {staff}. Enter puts it there, Escape leaves it."),
    "left": _("Left where it was."),
}
