"""The limits of one alarm rule. What is left empty is the default, which stands beside it."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import escape  # a help text is taken for HTML
from django.utils.translation import gettext as _

from appointments import alarms
from appointments.models import AlarmRule

if TYPE_CHECKING:  # generic for mypy only
    _Form = forms.ModelForm[AlarmRule]
else:
    _Form = forms.ModelForm


class AlarmRuleForm(_Form):
    class Meta:
        model = AlarmRule
        fields = ("active", "threshold", "minimum", "window_minutes", "reminder_hours")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rule = alarms.rule_of(self.instance.rule)
        if rule is None:
            return
        default = alarms.limits_of(rule, None, self._default_rows(rule))
        side, unit = rule.compared.value, rule.unit.value
        self._explain("threshold", f"{side} {alarms.spelled(default.threshold, rule)}".strip())
        self._explain("minimum", str(default.minimum))
        self._explain("window_minutes", str(round(default.window / timedelta(minutes=1))))
        self._explain("reminder_hours", str(round(default.reminder / timedelta(hours=1))))
        if unit and "threshold" in self.fields:
            self.fields["threshold"].label = _("Threshold (%(unit)s)") % {"unit": unit}

    def _default_rows(self, rule: alarms.Rule) -> Any:
        """A company's default is the operator's; the operator's is the rule's."""
        if self.instance.company_id is None:
            return {}
        found = AlarmRule.objects.filter(company=None, rule=rule.id).first()
        return {(None, rule.id): found} if found else {}

    def _explain(self, name: str, default: str) -> None:
        if name in self.fields:
            text = _("Empty: %(default)s.") % {"default": escape(default)}
            self.fields[name].help_text = f"{text} {self.fields[name].help_text}".strip()

    def clean_threshold(self) -> float | None:
        value: float | None = self.cleaned_data["threshold"]
        rule = alarms.rule_of(self.instance.rule)
        if value is not None and rule is not None and rule.unit is alarms.Unit.PERCENT and value > 100:
            raise ValidationError(_("More than 100 % there cannot be."), code="too_many_percent")
        return value
