"""The peer's side of ``tools.bench.peer``: runs in its own virtual environment, is told one operation a
line on standard input, and answers one JSON object a line.
"""

import csv
import json
import logging
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from threading import Barrier
from time import perf_counter
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "tools.bench.peer_side.settings"

import django

django.setup()
logging.disable(logging.CRITICAL)

from appointment.models import (  # noqa: E402
    Appointment,
    AppointmentRequest,
    Config,
    Service,
    StaffMember,
    WorkingHours,
)
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

CUT = timedelta(minutes=55)
AJAX = {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"}
Facts = dict[str, Any]


class Peer:
    """Everything through its own addresses, as a browser would."""

    def load(self, rows: str, people: int) -> Facts:
        """The same stylists, hours and appointments as ours."""
        call_command("migrate", verbosity=0)
        # It comes without migrations: each site makes its own.
        call_command("migrate", run_syncdb=True, verbosity=0)
        Config.objects.create(
            slot_duration=5, lead_time=time(8), finish_time=time(22), appointment_buffer_time=0
        )
        self.service = Service.objects.create(name="Herrenhaarschnitt", duration=CUT, price=30)
        self.staff = [self._stylist(number) for number in range(people)]
        self.client_user = User.objects.create(username="kunde", email="kunde@example.com")
        with open(rows, encoding="utf-8") as file:  # noqa: PTH123
            starts = [(int(who), datetime.fromisoformat(at)) for who, at in csv.reader(file)]
        requests = AppointmentRequest.objects.bulk_create(
            AppointmentRequest(
                date=at.date(),
                start_time=at.time(),
                end_time=(at + CUT).time(),
                service=self.service,
                staff_member=self.staff[who],
                id_request=f"loaded{number}",
            )
            for number, (who, at) in enumerate(starts)
        )
        Appointment.objects.bulk_create(
            Appointment(client=self.client_user, appointment_request=row, phone="+493023125001")
            for row in requests
        )
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        stylist = self.staff[0].user
        stylist.is_staff = True
        stylist.save()
        self.owner = self._logged_in(stylist)
        self.browser = self._logged_in(self.client_user)
        return {"appointments": Appointment.objects.count()}

    def availability(self, staff: int, day: str) -> Facts:
        asked = {
            "selected_date": day,
            "staff_member": self.staff[staff].pk,
            "service_id": self.service.pk,
        }
        answer = self.browser.get("/ajax/available_slots/", asked, **AJAX)
        return {"free": len(answer.json()["available_slots"])}

    def book(self, staff: int, start: str) -> Facts:
        return {"booked": self._book(self.browser, staff, start)}

    def page(self) -> Facts:
        """Its calendar for staff has one page, for all days: of one stylist here, as with all it takes minutes."""
        answer = self.owner.get("/app-admin/appointments/")
        return {"status": answer.status_code, "bytes": len(answer.content)}

    def race(self, staff: int, start: str, at_once: int) -> Facts:
        """So many customers send the same slot at the same moment."""
        barrier = Barrier(at_once)
        users = [
            User.objects.create(username=f"kunde{number}", email=f"kunde{number}@example.com")
            for number in range(at_once)
        ]
        browsers = [self._logged_in(user) for user in users]

        def one(browser: Client) -> bool:
            barrier.wait()
            try:
                return self._book(browser, staff, start)
            finally:
                connection.close()

        with ThreadPoolExecutor(at_once) as pool:
            told = sum(pool.map(one, browsers))
        return {"told": told, "stand": self._standing(staff, start)}

    def _standing(self, staff: int, start: str) -> int:
        at = datetime.fromisoformat(start)
        rows = Appointment.objects.filter(appointment_request__staff_member=self.staff[staff])
        return rows.filter(
            appointment_request__date=at.date(), appointment_request__start_time=at.time()
        ).count()

    def _book(self, browser: Client, staff: int, start: str) -> bool:
        at = datetime.fromisoformat(start)
        wish = {
            "date": at.date().isoformat(),
            "start_time": at.time().isoformat(),
            "end_time": (at + CUT).time().isoformat(),
            "service": self.service.pk,
            "staff_member": self.staff[staff].pk,
        }
        answer = browser.post("/request-submit/", wish)
        if answer.status_code != 302:
            return False
        who = {"name": "Jana Probst", "phone_0": "DE", "phone_1": "03023125001", "payment_type": "full"}
        answer = browser.post(answer.url, who)
        return answer.status_code == 302

    def _stylist(self, number: int) -> StaffMember:
        user = User.objects.create(username=f"stylist{number}", first_name=f"Stylist {number}")
        member = StaffMember.objects.create(
            user=user, work_on_saturday=True, work_on_sunday=True, slot_duration=5
        )
        member.services_offered.add(self.service)
        WorkingHours.objects.bulk_create(
            WorkingHours(staff_member=member, day_of_week=day, start_time=time(8), end_time=time(22))
            for day in range(7)
        )
        return member

    def _logged_in(self, user: User) -> Client:
        client = Client(headers={"host": "localhost"})
        client.force_login(user)
        return client


def main() -> None:
    peer = Peer()
    for line in sys.stdin:
        told = json.loads(line)
        operation: Callable[..., Facts] = getattr(peer, told.pop("do"))
        count = told.pop("count", False)
        began = perf_counter()
        if count:
            with CaptureQueriesContext(connection) as queries:
                answer = operation(**told)
            answer["queries"] = len(queries)
        else:
            answer = operation(**told)
        answer["ms"] = (perf_counter() - began) * 1000
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
