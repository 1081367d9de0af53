"""``erase_customer``: a person stands in no table any more; appointments keep their time."""

import sys
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import booking, privacy
from appointments.booking import Coming
from appointments.models import DataRequest
from appointments.privacy.finding import erased_before

BAD_INPUT = 2


class Command(BaseCommand):
    help = (
        "Erases a customer everywhere: record, histories, calls, messages, callbacks, waitlist. Appointments "
        "keep time, branch, stylist, service, price and phases. Whoever has coming appointments is not "
        "erased unless --coming says what becomes of them: cancel, or keep their time without a name. "
        "Somebody who was erased already is said to be. Exit status: 0 done; 2 nobody is meant, or it was "
        "refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("customer", metavar="CUSTOMER", help="Number of the record, or telephone number.")
        parser.add_argument("--company", metavar="SLUG", default="", help="Only this company's.")
        parser.add_argument("--coming", choices=Coming.values, default=Coming.REFUSE)
        parser.add_argument("--dry-run", action="store_true", help="Say how much it is, erase nothing.")

    def handle(self, *, customer: str, company: str, coming: str, dry_run: bool, **options: Any) -> None:
        try:
            found = privacy.find(customer, company=company)
        except privacy.NobodyError as error:
            before = erased_before(customer, company=company)
            if before is None:
                self._refuse(str(error))
            day = timezone.localtime(before.made_at, before.company.zone).strftime("%d.%m.%Y")
            self.stdout.write(
                _("Customer no. %(number)s was erased on %(day)s.") % {"number": before.number, "day": day}
            )
            return
        try:
            with transaction.atomic():
                done = privacy.erase(found, coming=Coming(coming), now=timezone.now())
                if dry_run:
                    transaction.set_rollback(True)
        except booking.BookingError as error:
            self._refuse(str(error))
        self._tell(done, dry_run=dry_run)

    def _tell(self, done: DataRequest, *, dry_run: bool) -> None:
        facts = {"number": done.number}
        if dry_run:
            self.stdout.write(_("Customer no. %(number)s would be erased:") % facts)
        else:
            self.stdout.write(_("Customer no. %(number)s was erased:") % facts)
        for kind, count in sorted(done.counts.items()):
            self.stdout.write(f"  {kind}: {count}")
        left = done.counts.get("calendar_entries_in_archive", 0)
        if left:
            self.stdout.write(
                _("Cal.com keeps %(count)s entries in its archive, which only can be deleted there.")
                % {"count": left}
            )

    def _refuse(self, line: str) -> NoReturn:
        self.stderr.write(line)
        sys.exit(BAD_INPUT)
