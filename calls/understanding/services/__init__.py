"""Which of the salon's services a caller means."""

from calls.understanding.services.match import match_service

__all__ = ["match_service"]
