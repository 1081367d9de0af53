"""Which key and which secret a company has: its own, else the environment's."""

from hashlib import sha256

from django.conf import settings

from appointments.models import Company
from integrations.models import CalendarConnection


def api_key_of(company: Company) -> str:
    """Empty if there is none. Raises SecretUnreadable: the environment's may be another calendar's."""
    connection = CalendarConnection.objects.filter(company=company).first()
    return (connection.api_key if connection else "") or str(settings.CALCOM_API_KEY)


def webhook_secret_of(company: Company) -> str:
    """Empty if there is none: nothing can have been signed with it. Raises SecretUnreadable."""
    connection = CalendarConnection.objects.filter(company=company).first()
    return (connection.webhook_secret if connection else "") or str(settings.CALCOM_WEBHOOK_SECRET)


def digest_of(key: str) -> str:
    """Names a key without saying it."""
    return sha256(f"calcom:{key}".encode()).hexdigest()
