"""A test message, sent while somebody waits for it. It counts as all others of its minute."""

from datetime import datetime
from secrets import token_hex

from django.utils.translation import gettext as _

from integrations.messaging import pace
from integrations.messaging.answers import NotTaken, PerhapsTaken
from integrations.messaging.reasons import sentence_for
from integrations.messaging.texting import hand_over
from integrations.models import SmsGateway, Way


class Refused(Exception):
    """``str()`` is a sentence for staff."""


def try_out(company_id: int, number: str, text: str, *, now: datetime) -> None:
    """Raises ``Refused``."""
    gateway = SmsGateway.objects.filter(company=company_id, active=True).first()
    if gateway is None:
        raise Refused(_("There is no SMS gateway, or it is switched off."))
    if gateway.way == Way.NONE:
        raise Refused(_("No provider is chosen: nothing is sent to anybody, not this message either."))
    if not pace.may_send(pace.by_sms(company_id), now=now):
        raise Refused(_("This minute's messages have been sent. Please try again later."))
    try:
        hand_over(gateway, to=number, text=text, reference=f"test-{token_hex(6)}", before=lambda: None)
    except NotTaken as error:
        raise Refused(
            _("The gateway did not take it. %(reason)s") % {"reason": sentence_for(str(error))}
        ) from error
    except PerhapsTaken as error:
        facts = {"reason": sentence_for(str(error))}
        raise Refused(_("Nobody knows whether the gateway took it. %(reason)s") % facts) from error
