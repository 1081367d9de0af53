"""``python -m tools.bench.messages``: a burst of 1,000 reminders through a real mail server, and when reminders
come in the nights of the clock change. Writes its figures into docs/messages.md; ends with 1 if a promise is broken.
"""

from tools.bench import __main__ as bench  # noqa: F401, I001 - first of all: it sets Django up

import sys
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from tools.bench import message_burst, message_clocks

PAGE = Path("docs/messages.md")
BEGINS, ENDS = "<!-- figures: python -m tools.bench.messages -->", "<!-- end of figures -->"


def main() -> int:
    call_command("migrate", verbosity=0)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    burst, kept = message_burst.run()
    clocks = message_clocks.run()
    figures = "\n".join(
        [
            BEGINS,
            "",
            f"Written on {timezone.localdate()}; the machine is shared.",
            "",
            burst,
            "",
            clocks,
            "",
            ENDS,
        ]
    )
    before, _begins, rest = PAGE.read_text(encoding="utf-8").partition(BEGINS)
    _old, _ends, after = rest.partition(ENDS)
    PAGE.write_text(before + figures + after, encoding="utf-8")
    print(figures)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
