"""What is said of an old call that is, or would be, linked with its appointment."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from calls.linking.judging import Judged, Verdict

SENTENCES: Mapping[Verdict, Promise] = {
    Verdict.LINKED: gettext_lazy("%(call)s: linked to appointment %(appointment)s (%(relationship)s)."),
    Verdict.PAST: gettext_lazy(
        "%(call)s: appointment %(appointment)s was past at the time of the call, not linked."
    ),
    Verdict.FOREIGN_CUSTOMER: gettext_lazy(
        "%(call)s: appointment %(appointment)s is another customer's, refused."
    ),
    Verdict.FOREIGN_COMPANY: gettext_lazy(
        "%(call)s: appointment %(appointment)s is another company's, refused."
    ),
    Verdict.GONE: gettext_lazy("%(call)s: there is no appointment %(appointment)s, refused."),
}
WOULD = gettext_lazy("%(call)s: would be linked to appointment %(appointment)s (%(relationship)s).")


def sentence_about(judged: Judged, *, dry_run: bool) -> str:
    facts = {
        "call": judged.call.call_id,
        "appointment": judged.appointment_id,
        "relationship": judged.relationship.label,
    }
    would = dry_run and judged.verdict is Verdict.LINKED
    return str(WOULD if would else SENTENCES[judged.verdict]) % facts
