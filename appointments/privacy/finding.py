"""Whom an operator means: by number of the record, or by telephone number."""

from django.utils.translation import gettext as _

from appointments.models import Company, Customer, DataRequest, FormerCustomer, RequestKind
from appointments.phones import normalize_phone


class NobodyError(Exception):
    """Nobody is meant by that. ``str()`` is a sentence."""


class SeveralError(NobodyError):
    """More than one company has somebody with this number."""


def find(wanted: str, *, company: str = "") -> Customer:
    """The customer whose record has this number, or had it before it was united with theirs, or to whom this
    telephone number belongs. ``company``: a slug; without it all are looked through.

    Raises :class:`NobodyError`.
    """
    companies = Company.objects.all()
    if company:
        companies = companies.filter(slug=company)
        if not companies.exists():
            raise NobodyError(_("There is no company “%(slug)s”.") % {"slug": company})
    found = [one for each in companies if (one := _in_company(each, wanted)) is not None]
    if len(found) > 1:
        raise SeveralError(_("Several companies know this number: please name one with --company."))
    if not found:
        raise NobodyError(_("There is no customer “%(wanted)s”.") % {"wanted": wanted})
    return found[0]


def erased_before(wanted: str, *, company: str = "") -> DataRequest | None:
    """The erasure of whoever had a record with this number: erasing twice is no mistake."""
    if not _is_record(wanted):
        return None
    erasures = DataRequest.objects.filter(kind=RequestKind.ERASURE)
    acts = erasures.filter(records__contains=[{"id": int(wanted)}])
    if company:
        acts = acts.filter(company__slug=company)
    return acts.order_by("-made_at").first()


def _in_company(company: Company, wanted: str) -> Customer | None:
    if _is_record(wanted):
        own = Customer.objects.filter(company=company, pk=int(wanted)).first()
        former = FormerCustomer.objects.select_related("customer").filter(company=company, number=int(wanted))
        row = None if own else former.first()
        return row.customer if row else own
    number = normalize_phone(wanted)
    return Customer.objects.of_number(company, number) if number else None


def _is_record(wanted: str) -> bool:
    """Not a telephone number: those begin with a plus or a nought."""
    return wanted.isascii() and wanted.isdigit() and not wanted.startswith("0") and len(wanted) < 19
