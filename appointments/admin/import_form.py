"""The form in which a person confirms or changes what was found out about a file."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError as Misfit
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from appointments.importing.detecting import DATE_FORMATS, DATETIME_FORMATS, TIME_FORMATS
from appointments.importing.guessing import guess_columns
from appointments.importing.mapping import ENCODINGS, FIELDS
from appointments.importing.mapping import Mapping as FileMapping
from appointments.importing.previewing import Unknown, Words
from appointments.models import Company
from appointments.models.appointment import Status

LARGEST_MEGABYTES = 50
# A tab is nothing that a browser sends back reliably.
DELIMITERS = {";": ";", ",": ",", "tab": "\t", "|": "|"}
DELIMITER_NAMES = [(";", _("semicolon")), (",", _("comma")), ("tab", _("tabulator")), ("|", "|")]
LABELS = {
    "customer": _("customer, or first name"),
    "phone": _("phone"),
    "email": _("e-mail"),
    "staff": _("stylist"),
    "service": _("service"),
    "date": _("date"),
    "time": _("time"),
    "starts_at": _("start, date and time in one"),
    "end_time": _("end, time only"),
    "ends_at": _("end, date and time in one"),
    "minutes": _("duration in minutes"),
    "status": _("status"),
    "external_id": _("number in the old system"),
    "price": _("price"),
    "notes": _("notes"),
}
CREATABLE = [("customers", _("customers")), ("staff", _("stylists")), ("services", _("services"))]
STATUSES = [each for each in Status.choices if each[0] != Status.CONFLICT]
# In the order of the words of a file: which part of the mapping, and how its inputs are called.
WORDS = ("staff", "services", "statuses")


class UploadForm(forms.Form):
    company = forms.ModelChoiceField(
        Company.objects.none(), label=_("company"), widget=UnfoldAdminSelectWidget
    )
    file = forms.FileField(label=_("CSV file"), allow_empty_file=True, widget=UnfoldAdminFileFieldWidget)

    def __init__(self, *args: Any, companies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["company"]
        field.queryset = companies
        if len(own := list(companies[:2])) == 1:
            field.initial, field.widget = own[0].pk, forms.HiddenInput()

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_MEGABYTES * 1024 * 1024:
            raise ValidationError(
                _("The file is larger than %(size)s MB. Please split it.") % {"size": LARGEST_MEGABYTES}
            )
        return file


class MappingForm(forms.Form):
    """``header``: of the file, as it is read with the encoding and delimiter that are said here."""

    source = forms.CharField(
        label=_("old system"),
        max_length=100,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Choose the same name each time: by it, rows are recognised again."),
    )
    encoding = forms.ChoiceField(
        label=_("encoding"), choices=[(name, name) for name in ENCODINGS], widget=UnfoldAdminSelectWidget
    )
    delimiter = forms.ChoiceField(
        label=_("delimiter"), choices=DELIMITER_NAMES, widget=UnfoldAdminSelectWidget
    )
    default_minutes = forms.IntegerField(
        label=_("minutes, if nothing is said"),
        min_value=1,
        max_value=1440,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    create_missing = forms.MultipleChoiceField(
        label=_("create what is not known"),
        choices=CREATABLE,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("New stylists and services are inactive until you activate them."),
    )

    def __init__(self, data: Any, *, header: Sequence[str], company: Company, mapping: FileMapping) -> None:
        super().__init__(data, initial=_initial(mapping, header))
        self.company, self.mapping = company, mapping
        columns = [("", "–"), *((name, name) for name in dict.fromkeys(header) if name)]
        for name in FIELDS:
            self.fields[f"column_{name}"] = _choice(LABELS[name], columns)
        self.fields["column_last_name"] = _choice(_("last name, if apart"), columns)
        for name, label, candidates, said in (
            ("date_format", _("date is written"), DATE_FORMATS, mapping.date_format),
            ("time_format", _("time is written"), TIME_FORMATS, mapping.time_format),
            ("datetime_format", _("date and time are written"), DATETIME_FORMATS, mapping.datetime_format),
        ):
            self.fields[name] = _choice(label, _formats(candidates, said))
        branches = list(company.branches.filter(active=True).order_by("name").values_list("name", flat=True))
        if len(branches) > 1:
            self.fields["branch"] = _choice(
                _("branch of new stylists"), [("", "–"), *((name, name) for name in branches)]
            )

    @property
    def reading(self) -> list[forms.BoundField]:
        """How the file is written."""
        names = ("source", "encoding", "delimiter", "date_format", "time_format", "datetime_format")
        return [self[name] for name in (*names, "default_minutes")]

    @property
    def columns(self) -> list[forms.BoundField]:
        names = [f"column_{name}" for name in FIELDS]
        names.insert(1, "column_last_name")
        return [self[name] for name in names]

    @property
    def making(self) -> list[forms.BoundField]:
        return [self[name] for name in ("create_missing", "branch") if name in self.fields]

    def clean(self) -> dict[str, Any]:
        """Says what is missing as a mapping file would be told, at the top."""
        cleaned = self.cleaned_data
        if not self.errors:
            try:
                cleaned["mapping"] = FileMapping.model_validate(self._facts(cleaned))
            except Misfit as error:
                first = error.errors()[0]
                raise ValidationError(str(first.get("ctx", {}).get("sentence", first["msg"]))) from error
        return cleaned

    def _facts(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        columns = {name: [cleaned[f"column_{name}"]] for name in FIELDS if cleaned[f"column_{name}"]}
        if last := cleaned["column_last_name"]:
            columns["customer"] = [*columns.get("customer", []), last]
        return {
            "source": cleaned["source"],
            "encoding": cleaned["encoding"],
            "delimiter": DELIMITERS[cleaned["delimiter"]],
            "date_format": cleaned["date_format"] or None,
            "time_format": cleaned["time_format"] or None,
            "datetime_format": cleaned["datetime_format"] or None,
            "default_minutes": cleaned["default_minutes"],
            "create_missing": cleaned["create_missing"],
            "branch": cleaned.get("branch") or None,
            "columns": columns,
            "staff": self._words("staff", self._names(self.company.staff)),
            "services": self._words("services", self._names(self.company.services)),
            "statuses": self._words("statuses", Status.values),
        }

    def _names(self, rows: Any) -> list[str]:
        return list(rows.values_list("name", flat=True))

    def _words(self, part: str, allowed: Collection[str]) -> dict[str, str]:
        data: Any = self.data
        words, meanings = data.getlist(f"{part}_word"), data.getlist(f"{part}_means")
        return {
            word: meaning
            for word, meaning in zip(words, meanings, strict=False)
            if meaning in allowed and 0 < len(word) <= 200
        }


def word_tables(form: MappingForm, words: Words) -> list[dict[str, Any]]:
    """Words of the file that mean nothing here by themselves, each with what it may mean."""
    people = form.company.staff.order_by("name").values_list("name", flat=True)
    services = form.company.services.order_by("name").values_list("name", flat=True)
    return [
        _table(
            "staff",
            _("Stylists of the file"),
            words.staff,
            [(name, name) for name in people],
            form.mapping.staff,
        ),
        _table(
            "services",
            _("Services of the file"),
            words.services,
            [(name, name) for name in services],
            form.mapping.services,
        ),
        _table("statuses", _("States of the file"), words.statuses, STATUSES, form.mapping.statuses),
    ]


def _table(
    part: str, title: Any, words: Iterable[Unknown], options: Sequence[Any], chosen: Mapping[str, str]
) -> dict[str, Any]:
    rows = [{"word": one.word, "count": one.count, "chosen": chosen.get(one.word, "")} for one in words]
    return {"part": part, "title": title, "rows": rows, "options": options}


def _choice(label: Any, choices: Sequence[Any]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=False, widget=UnfoldAdminSelectWidget)


EXAMPLES = {
    "%d": "31", "%m": "12", "%Y": "2026", "%y": "26",
    "%H": "14", "%I": "02", "%M": "05", "%S": "00", "%p": "PM",
}  # fmt: skip


def _formats(candidates: Sequence[str], said: str | None) -> list[tuple[str, Any]]:
    """As an example of it: nobody at a counter knows what %d is."""
    known = dict.fromkeys([*candidates, *([said] if said else [])])
    return [("", _("found out from the file")), *((each, _example(each)) for each in known)]


def _example(form: str) -> str:
    for directive, example in EXAMPLES.items():
        form = form.replace(directive, example)
    return form


def _initial(mapping: FileMapping, header: Sequence[str]) -> dict[str, Any]:
    columns = mapping.columns.used if mapping.columns else guess_columns(header)
    initial: dict[str, Any] = {f"column_{name}": names[0] for name, names in columns.items()}
    if len(columns.get("customer", [])) > 1:
        initial["column_last_name"] = columns["customer"][1]
    names = {delimiter: name for name, delimiter in DELIMITERS.items()}
    return initial | {
        "source": mapping.source,
        "encoding": mapping.encoding or ENCODINGS[0],
        "delimiter": names.get(mapping.delimiter or "", ";"),
        "default_minutes": mapping.default_minutes,
        "create_missing": mapping.create_missing,
        "branch": mapping.branch or "",
        "date_format": mapping.date_format or "",
        "time_format": mapping.time_format or "",
        "datetime_format": mapping.datetime_format or "",
    }
