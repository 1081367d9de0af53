"""The unhurried application without row locks on stylists: only to show that the tests would notice.

The other guards, constraint and triggers, are dropped in the database it is given.
"""

from tests.calls.race.unhurried import application  # isort: skip - sets Django up

from appointments.models.staff import StaffQuerySet

__all__ = ["application"]


def unlocked(self: StaffQuerySet) -> StaffQuerySet:
    return self.order_by("pk")


StaffQuerySet.lock = unlocked  # type: ignore[method-assign]
