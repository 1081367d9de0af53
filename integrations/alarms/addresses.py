"""What somebody may enter as an address: an e-mail address, or a URL that apprise understands."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from apprise import Apprise, AppriseAsset, NotifyBase, PersistentStoreMode
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from integrations.outside import is_inside

# For companies. Their services have an address of their own, or the address is checked when it is reached.
SERVICES = frozenset(
    {"slack", "discord", "tgram", "workflow", "workflows", "pover", "ntfys", "jsons", "mailto", "mailtos"}
)
# What a URL may say beside. Others read files, wait for hours or repeat without end.
OPTIONS = frozenset(
    {"to", "from", "cc", "bcc", "name", "smtp", "user", "pass", "mode", "format", "footer"}
    # What Microsoft's own addresses end with.
    | {"api-version", "sp", "sv", "sig"}
)
# How jsons:// writes a header; a plus is a blank to whoever takes queries apart.
HEADER = ("+", " ")
MAIL = frozenset({"mailto", "mailtos"})
# Services to whose own name a host of somebody's own belongs.
OWN_HOST = MAIL | {"json", "jsons", "ntfy", "ntfys", "xml", "xmls", "form", "forms", "workflow", "workflows"}
LONGEST = 1000
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Address:
    """``plugin`` None: an e-mail address, for which the site's own mail server is asked."""

    text: str
    plugin: NotifyBase | None

    @property
    def shown(self) -> str:
        """The service, and the host where it has one of its own; keys and paths are nobody's business."""
        if self.plugin is None:
            return self.text
        service = str(self.plugin.service_name)
        hosts = _hosts(self.plugin) if _schemas(self.plugin) & OWN_HOST else []
        return ": ".join([service, *hosts[:1]])[:SHOWN]


def read_address(text: str, *, may_reach_inside: bool) -> Address:
    """Raises ``ValidationError`` with a sentence. Asks nobody: what a name leads to shows when it is used."""
    text = text.strip()
    if "@" in text and "://" not in text:
        try:
            validate_email(text)
        except ValidationError:
            raise _unreadable() from None
        return Address(text, None)
    plugin = _plugin(text)
    if plugin is None:
        raise _unreadable()
    if not may_reach_inside:
        _insist_on_outside(text, plugin)
    return Address(text, plugin)


def _plugin(text: str) -> NotifyBase | None:
    """In memory only: apprise would otherwise keep files in somebody's home."""
    if len(text) > LONGEST or "://" not in text:
        return None
    asset = AppriseAsset(
        app_id="Terminfest", app_desc="Terminfest", storage_mode=PersistentStoreMode.MEMORY, async_mode=False
    )
    found = Apprise.instantiate(text, asset=asset)
    return found if isinstance(found, NotifyBase) else None


def _unreadable() -> ValidationError:
    return ValidationError(
        _(
            "This is neither an e-mail address nor a URL that messages can be sent to, such as "
            "slack://… or mailtos://…."
        ),
        code="unreadable_address",
    )


def _insist_on_outside(text: str, plugin: NotifyBase) -> None:
    named = _schemas(plugin)
    if not named & SERVICES:
        raise ValidationError(
            _(
                "Please choose e-mail, Slack, Microsoft Teams, Discord, Telegram, Pushover, ntfy or "
                "jsons://. Other addresses can be entered by whoever runs the system."
            ),
            code="service_not_allowed",
        )
    if named & {"json", "ntfy"} and not plugin.secure:
        raise ValidationError(
            _("This address is not encrypted. Please enter one that begins with jsons:// or ntfys://."),
            code="not_encrypted",
        )
    options = parse_qs(urlsplit(text).query, keep_blank_values=True)
    if any(name.lower() not in OPTIONS and not name.startswith(HEADER) for name in options):
        raise ValidationError(
            _("This address has an option that is not allowed: leave out what follows the question mark."),
            code="option_not_allowed",
        )
    if named & OWN_HOST and any(is_inside(host) for host in _hosts(plugin)):
        raise ValidationError(
            _("This address lies inside the network. Please enter one on the public internet."),
            code="address_inside",
        )


def _schemas(plugin: NotifyBase) -> set[str]:
    named: set[str] = set()
    for one in (plugin.protocol, plugin.secure_protocol):
        named.update([one] if isinstance(one, str) else one or ())
    return named


def _hosts(plugin: NotifyBase) -> list[str]:
    return [host for name in ("smtp_host", "host") if (host := getattr(plugin, name, None))]
