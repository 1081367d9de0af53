"""``seed_demo``: appointments for the demo salon."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from config.demo.seed import NotAppliedError, seed

BAD_INPUT = 2


class Command(BaseCommand):
    help = (
        "Fills a fortnight of the demo salon with appointments, unless there are some in the coming "
        "days already. Apply config/demo/salon.yaml first."
    )

    def handle(self, **options: Any) -> None:
        try:
            made = seed(now=timezone.now())
        except NotAppliedError:
            self.stderr.write(_("There is no demo salon yet: apply config/demo/salon.yaml first."))
            sys.exit(BAD_INPUT)
        self.stdout.write(_("%(count)s appointments made.") % {"count": made})
