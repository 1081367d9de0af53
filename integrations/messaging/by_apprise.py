"""An SMS by one of the providers that apprise knows. It says only whether all went well, so nobody can tell a
refusal from a line that broke: what did not go well is a matter for a person.
"""

from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, urlsplit

from apprise import Apprise, AppriseAsset, NotifyBase, NotifyFormat, PersistentStoreMode
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from integrations.messaging.answers import NotTaken, PerhapsTaken
from integrations.models import SmsGateway
from integrations.outside import only_outside
from integrations.placeholders import fill

# Providers of SMS that have an address of their own.
SERVICES = frozenset(
    {"46elks", "atalk", "bulksms", "burstsms", "clickatell", "clicksend", "d7sms", "elks", "httpsms"}
    | {"kaleyra", "klr", "kudosity", "mobilemessage", "mobilemsg", "msgbird", "nexmo", "octopush", "plivo"}
    | {"serwersms", "seven", "sinch", "smsc", "smsmanager", "smsmgr", "smstunnel", "sns", "twilio", "vonage"}
)
# Other options read files, wait for hours or repeat without end.
OPTIONS = frozenset({"from"})
EXAMPLE = "+4917604069000"  # one of those that the regulator keeps for fiction
LONGEST = 500
CONNECT_SECONDS, READ_SECONDS = 5.0, 15.0


def check_url(text: str) -> None:
    """Raises ``ValidationError``. Asks nobody."""
    scheme = text.partition("://")[0].lower()
    options = parse_qs(urlsplit(text).query, keep_blank_values=True)
    if scheme not in SERVICES or set(options) - OPTIONS or "{to}" not in text or len(text) > LONGEST:
        raise ValidationError(
            _(
                "This is no address of an SMS provider that apprise knows, with {to} in the place of the "
                "number, such as seven://KEY/{to}."
            ),
            code="unreadable_address",
        )
    if _plugin(text, EXAMPLE) is None:
        raise ValidationError(_("apprise cannot read this address."), code="unreadable_address")


def send(gateway: SmsGateway, facts: Mapping[str, str], *, before: Callable[[], None]) -> str:
    plugin = _plugin(gateway.secret, facts["to"])
    if plugin is None:
        raise NotTaken("address unreadable", forever=False)
    plugin.socket_connect_timeout, plugin.socket_read_timeout = CONNECT_SECONDS, READ_SECONDS
    plugin.retry = 0
    before()
    with only_outside() as watch:
        try:
            is_sent = plugin.notify(body=facts["text"], body_format=NotifyFormat.TEXT)
        except Exception as error:  # a score of providers, each with errors of its own
            raise PerhapsTaken(type(error).__name__) from error
    if watch.refused:
        raise NotTaken("address inside", forever=True)
    if not is_sent:
        raise PerhapsTaken("apprise")
    return ""


def _plugin(text: str, number: str) -> NotifyBase | None:
    """In memory only: apprise would otherwise keep files in somebody's home."""
    asset = AppriseAsset(app_id="Terminfest", storage_mode=PersistentStoreMode.MEMORY, async_mode=False)
    found = Apprise.instantiate(fill(text, {"to": number}), asset=asset)
    return found if isinstance(found, NotifyBase) else None
