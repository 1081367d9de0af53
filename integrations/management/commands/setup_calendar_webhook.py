"""``setup_calendar_webhook --company SLUG --url https://… [--check]``: Cal.com tells us what happens."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.models import Company
from integrations.calcom.errors import CalendarError
from integrations.calcom.line import Line
from integrations.mapping import webhook
from integrations.mapping.command import MappingCommand


class Command(MappingCommand):
    help = (
        "Creates or corrects the webhook at Cal.com by which a company hears of bookings. The secret is the "
        "company's own or CALCOM_WEBHOOK_SECRET; without either a new one is made and stored. Repeating it "
        "changes nothing. Exit status: 0 the webhook is as it should be; 1 it is not, or Cal.com did not "
        "answer; 2 there is no such company, or the address is not https."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--company", metavar="SLUG", required=True)
        parser.add_argument(
            "--url", metavar="https://…", required=True, help="Where this site is reached from outside."
        )
        parser.add_argument("--check", action="store_true", help="Change nothing; say what is wrong.")

    def handle(self, *, company: str, url: str, check: bool, **options: Any) -> None:
        chosen = self.company(company)
        try:
            address = webhook.address(url, chosen)
        except webhook.BadAddress as error:
            self.refuse(str(error))
        line = self.line(chosen)
        if line is None:
            self.end(finished=False)
            return
        try:
            finished = self._check(line, address) if check else self._set_up(chosen, line, address)
        except CalendarError as error:
            self.stderr.write(str(error))
            finished = False
        self.end(finished=finished)

    def _check(self, line: Line, address: str) -> bool:
        found = webhook.problems(line, address)
        for problem in found:
            self.stdout.write(str(problem.label))
        return not found

    def _set_up(self, company: Company, line: Line, address: str) -> bool:
        webhook.set_up(company, line, address, now=timezone.now())
        self.stdout.write(_("Cal.com sends what happens to %(url)s.") % {"url": address})
        return True
