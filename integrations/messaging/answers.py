"""What became of handing a message over, where it was not simply taken."""


class NotTaken(Exception):
    """The server or gateway did not take it, for certain. ``forever``: it never will."""

    def __init__(self, reason: str, *, forever: bool) -> None:
        super().__init__(reason)
        self.forever = forever


class PerhapsTaken(Exception):
    """The line broke after the message had been begun: nobody knows."""
