"""Permissions from the role, beside Django's own groups and single permissions."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from appointments.access.roles import permissions_of
from appointments.access.scope import access_of


class RoleBackend(BaseBackend):
    """Authenticates nobody."""

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        role = None if obj is not None else access_of(user_obj).role
        return set() if role is None else set(permissions_of(role))

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """Whether the app is of any use to this login."""
        return any(name.startswith(f"{app_label}.") for name in self.get_user_permissions(user_obj))
