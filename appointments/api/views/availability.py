"""``/api/v1/availability/``: the free starts that the one solver knows."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from appointments.api.branches import branch_for
from appointments.api.inputs import AvailabilityQuery
from appointments.api.outputs import AvailabilityOut
from appointments.api.parsing import parse_query
from appointments.api.periods import DAY, beginning, ending
from appointments.api.schema import COMPANY, answers
from appointments.api.views.base import CompanyMixin
from appointments.availability import Request as Wish
from appointments.availability import free_starts

# An hour more: in October a month has one.
LONGEST = 31 * DAY + timedelta(hours=1)
INSTANT = timedelta(microseconds=1)


class AvailabilityView(CompanyMixin):
    @extend_schema(
        summary="List free starts",
        description="At most 31 days. Nothing is held: a start is taken only when it is booked.",
        parameters=[AvailabilityQuery, COMPANY],
        responses=answers({200: AvailabilityOut}),
        tags=["availability"],
    )
    def get(self, request: Request) -> Response:
        query = parse_query(AvailabilityQuery, request, self.company)
        branch = branch_for(self.company, query)
        start, end = beginning(query["from"], branch.zone), ending(query["to"], branch.zone)
        if start is None or end is None or end <= start:
            raise _problem(_("The end must be after the start."), "end_before_start")
        if end - start > LONGEST:
            raise _problem(_("At most 31 days can be asked for at once."), "too_long")
        wish = Wish(branch=branch, service=query["service"], staff=query.get("staff"), now=timezone.now())
        slots = free_starts(wish, first=wish.local_date(start), last=wish.local_date(end - INSTANT))
        inside = [slot for slot in slots if start <= slot.start < end]
        return Response(AvailabilityOut({"results": inside}, context={"zone": branch.zone}).data)


def _problem(message: str, code: str) -> ValidationError:
    return ValidationError({"to": message}, code=code)
