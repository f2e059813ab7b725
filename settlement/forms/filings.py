"""The form of a filing, made from its table as the edition in use has it: labels, code lists, days, and the person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone

from portal.gateway.national.editions import Edition
from portal.gateway.national.tables import Column
from settlement.forms.enquiry import INSURED_AT, PERSON, PERSON_NO, QueryForm
from settlement.models import Identification

#: What the table has and nobody types: what the reply says, and fields without a use here.
LEFT_OUT = frozenset({"trt_dcla_detl_sn", "exp_content", "selfdef_splm_flag", "refl_used_flag"})
LONG = frozenset({"dise_cond_dscr", "memo", "refl_rea", "refl_opnn"})


class FilingForm(QueryForm):
    """What is filed, for one of the people identified last."""

    def __init__(
        self,
        number: str,
        edition: Edition,
        data: Any = None,
        *,
        people: list[Identification],
        region: str = "",
        given: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(number, edition, data, people=people, region=region, given=given)
        for name in (PERSON_NO, INSURED_AT, *LEFT_OUT):
            self.fields.pop(name, None)
        person = self.fields[PERSON]
        person.required, person.help_text = True, "没有列出的，先在“识别参保人”中识别"
        person.error_messages = {"required": "请选择参保人"}
        if not self.people:
            person.choices = [("", "请先识别参保人")]  # type: ignore[attr-defined]

    def _field(self, column: Column, region: str) -> forms.Field:
        field = super()._field(column, region)
        if isinstance(field, forms.DateField):
            field.initial = timezone.localdate() if column.required and column.wire.startswith("begn") else None
            field.help_text = ""
        if column.wire in LONG:
            field.widget = forms.Textarea(attrs={"rows": 2, "autocomplete": "off"})
        return field

    @property
    def values(self) -> dict[str, Any]:
        """What was typed by wire name, without the person; after is_valid()."""
        (node,) = self.nodes
        kept = {column.wire: self._value(column) for column in node.columns if column.wire != PERSON_NO}
        return {name: value for name, value in kept.items() if value not in (None, "")}

    @property
    def chosen(self) -> Identification:
        return self.people[self.cleaned_data[PERSON]]


def first_values(found: Identification | None) -> dict[str, Any]:
    """What the person that was identified last brings along."""
    if found is None:
        return {}
    insured = {"insutype": found.insurance, "insu_optins": found.insured_at}
    return {PERSON: str(found.pk), **insured}
