"""Why a message did not leave, as a sentence for staff. What is stored is the short reason, for programs."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_SENTENCES = {
    "worker ended": gettext_lazy("The server was stopped while this was being sent."),
    "bounced": gettext_lazy("It came back: there is nobody at this address."),
    "no gateway": gettext_lazy("There is no SMS gateway, or it is switched off."),
    "key unreadable": gettext_lazy("The stored key cannot be read. Please enter it anew."),
    "address unreadable": gettext_lazy("The provider's address cannot be read. Please enter it anew."),
    "address inside": gettext_lazy("The provider's address leads inside the network: nothing was sent."),
    "no number in the answer": gettext_lazy("The provider's answer does not say that it took the message."),
    "apprise": gettext_lazy("The provider has not said that it took the message."),
}
# What Python and requests call it when there is no line, or no answer any more.
_NO_LINE = frozenset(
    {"ConnectionError", "ConnectTimeout", "ReadTimeout", "SSLError", "ChunkedEncodingError"}
    | {"TimeoutError", "ConnectionRefusedError", "ConnectionResetError", "BrokenPipeError", "gaierror"}
    | {"ProtocolError", "ReadTimeoutError", "SMTPServerDisconnected", "SSLCertVerificationError", "OSError"}
)
_REFUSES_US = frozenset({"401", "403"})
_CODE = re.compile(r"(HTTP|SMTP) ([0-9]{3})")


def sentence_for(reason: str) -> str:
    """Empty for none; what has no sentence stays as it is."""
    if reason in _NO_LINE:
        return _("There was no connection, or no answer came.")
    if code := _CODE.fullmatch(reason):
        return _of_answer(*code.groups())
    return str(_SENTENCES.get(reason, reason))


def _of_answer(protocol: str, code: str) -> str:
    if protocol == "SMTP":
        return _("The mail server did not take it (%(code)s).") % {"code": code}
    if code in _REFUSES_US:
        return _("The provider does not accept the key (%(code)s).") % {"code": code}
    return _("The provider did not take it (%(code)s).") % {"code": code}
