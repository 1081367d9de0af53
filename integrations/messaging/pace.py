"""No more SMS a minute than the gateway allows, whoever sends them: counted in its row, by the second."""

from datetime import UTC, datetime

from django.db.models import QuerySet

from integrations.models import Medium, Message, MessageState, SmsGateway

MINUTE = 60


class Full(Exception):
    """The messages of this minute have been sent. ``until``: when there is room again."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


def take_place(company_id: int, *, now: datetime) -> None:
    """Counts one. Raises ``Full``. Inside a transaction, whose lock keeps others out."""
    gateway = SmsGateway.objects.select_for_update().filter(company=company_id, active=True).first()
    if gateway is None:
        return
    second = int(now.timestamp())
    recent = {at: count for at, count in gateway.recent.items() if int(at) > second - MINUTE}
    if sum(recent.values()) >= gateway.per_minute:
        oldest = min(map(int, recent))
        raise Full(datetime.fromtimestamp(oldest + MINUTE, tz=UTC))
    recent[str(second)] = recent.get(str(second), 0) + 1
    SmsGateway.objects.filter(pk=gateway.pk).update(recent=recent)


def put_off(company_id: int, until: datetime) -> int:
    """Everything of this company that would be next; how many. What another worker holds it deals with."""
    due: QuerySet[Message] = Message.objects.select_for_update(skip_locked=True).filter(
        company=company_id, medium=Medium.SMS, state=MessageState.WAITING, next_try_at__lt=until
    )
    return Message.objects.filter(pk__in=due.values("pk")).update(next_try_at=until)
