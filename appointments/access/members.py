"""Giving somebody a login of the salon, and taking it away."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from appointments.models import Membership


@transaction.atomic
def save_member(membership: Membership, *, login: dict[str, Any], password: str = "") -> Membership:
    """Stores a member with their login; ``login`` has the columns of Django's user.

    Without ``password`` that of an existing login stays. Raises ``ValidationError``.
    """
    user: Any = membership.user if membership.user_id else get_user_model()(is_staff=True)
    for name, value in login.items():
        setattr(user, name, value)
    if password:
        user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
    membership.user = user
    membership.full_clean()
    membership.save()
    return membership


@transaction.atomic
def remove_member(membership: Membership) -> None:
    """The login stays, closed: histories name it."""
    user = membership.user
    user.is_active = False
    user.save(update_fields=["is_active"])
    membership.delete()
