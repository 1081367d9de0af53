import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from integrations.messaging.bounces import note_bounce

LARGEST = 2 * 1024 * 1024


class Command(BaseCommand):
    help = (
        "Reads an e-mail from standard input. If it says that one of our messages came back for good, that "
        "message becomes a thing to do. For the mail server's alias of DEFAULT_FROM_EMAIL."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Always 0: a mail server would send its own letter about anything else."""
        message = note_bounce(sys.stdin.buffer.read(LARGEST), now=timezone.now())
        if message is None:
            self.stdout.write("Nothing of ours.")
        else:
            self.stdout.write(f"Message {message.pk} came back.")
