"""What the salon's rules do not allow any more."""

from appointments import booking
from appointments.models import Appointment
from appointments.models.change import ChangeKind
from calls import sentences
from calls.functions.conversation import Conversation
from calls.functions.offers import spoken_facts
from calls.reply import Reply


def denied(
    conversation: Conversation, appointment: Appointment, kind: ChangeKind, denial: booking.Denied
) -> Reply:
    """Says until when it could have been done, and offers to be called back."""
    message = sentences.denied(
        denial.reason, kind, limit=denial.limit, **spoken_facts(conversation, appointment)
    )
    fields = {"reason": str(denial.reason), "appointment_id": appointment.pk}
    return Reply("denied", message, fields)
