"""Pages by cursor: as quick on the last page as on the first, and right while rows are added."""

from datetime import datetime
from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

from appointments.api.fields import LARGEST_ID


class ById(CursorPagination):
    """By id. ``limit`` rows a page, as :class:`inputs.PageQuery` allows."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"
    ordering: str | list[str] | tuple[str, ...] = "id"

    def decode_cursor(self, request: Request) -> Cursor | None:
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None and not self.is_position(cursor.position):
            raise NotFound(self.invalid_cursor_message)
        return cursor

    def is_position(self, position: Any) -> bool:
        """Whether a cursor that anybody can write names a place where a page can begin."""
        return position.isascii() and position.isdecimal() and int(position[:20]) <= LARGEST_ID


class ByStart(ById):
    ordering = ("starts_at", "id")

    def is_position(self, position: Any) -> bool:
        try:
            return datetime.fromisoformat(position).tzinfo is not None
        except ValueError:
            return False
