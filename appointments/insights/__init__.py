"""The numbers for owner and manager: each is defined once, here, and names the list of its rows.

Apps above add their tiles with :func:`register`; nothing here knows them.
"""

from appointments.insights.frame import Frame
from appointments.insights.registry import Insight, register, tiles_for
from appointments.insights.spans import Span, read_span
from appointments.insights.tiles import Amount, Bar, Cell, Columns, Figure, Kind, Line, Point, Series, Tile

__all__ = [
    "Amount",
    "Bar",
    "Cell",
    "Columns",
    "Figure",
    "Frame",
    "Insight",
    "Kind",
    "Line",
    "Point",
    "Series",
    "Span",
    "Tile",
    "read_span",
    "register",
    "tiles_for",
]
