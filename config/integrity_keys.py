"""The check about stored secrets: are they readable, and under the present key?"""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from appointments import encryption
from appointments.integrity import Found, Scope, register
from appointments.models.integrity import Severity


@register(
    id="config.stored_keys",
    severity=Severity.WARNING,
    title=_("Stored keys are under a former key"),
    advice=_(
        "Whoever runs the system lets manage.py rotate_keys run; then the former key can be taken away. What "
        "cannot be read has to be entered again."
    ),
    sentences={
        "former": gettext_noop("%(count)s stored keys are still encrypted under a former key."),
        "unreadable": gettext_noop("%(count)s stored keys cannot be decrypted."),
    },
    of_installation=True,
)
def stored_keys(scope: Scope) -> Iterator[Found]:
    found = encryption.rotate(changes=False)
    former, unreadable = sum(each.former for each in found), sum(each.unreadable for each in found)
    if former:
        yield Found(company_id=None, code="former", facts={"count": former}, key="former")
    if unreadable:
        facts = {"count": unreadable}
        yield Found(
            company_id=None, code="unreadable", facts=facts, key="unreadable", severity=Severity.ERROR
        )
