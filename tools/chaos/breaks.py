"""Which guards can be taken out; ``broken`` does it. Imports no models: the choice is made before them."""

from django.db import connection

VARIABLE = "CHAOS_BREAK"
LEDGER, REPLAY, MESSAGES = "ledger", "replay", "messages"
NAMES = (LEDGER, MESSAGES, REPLAY)
DROP = "ALTER TABLE appointments_allocation DROP CONSTRAINT allocation_one_place_at_a_time"


def break_database(name: str) -> None:
    """The part of it that lies in the database itself."""
    if name == LEDGER:
        with connection.cursor() as cursor:
            cursor.execute(DROP)
