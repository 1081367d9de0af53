"""What the customer hears in writing: confirmation, change, cancellation, reminder.

Level-triggered (``AppointmentNotice``): whoever changes an appointment notes that its customer may have
to hear of it, and the worker compares what they were told with what stands. Three moves in a minute are
one message; one that was moved back is none.
"""

from integrations.messaging.noting import note_change
from integrations.messaging.preferences import unite

__all__ = ["note_change", "unite"]
