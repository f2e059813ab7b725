"""The form of a query, made from its table: labels, code lists, days, and the person out of an identification."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from portal.codes import code_list
from portal.gateway.national.columns import FORMS, codes_of
from portal.gateway.national.editions import Edition
from portal.gateway.national.tables import Column, Node, readings
from portal.vault.masks import mask_identity
from settlement.models import Identification
from settlement.rules.questions import ENVELOPE_ONLY, HINTS, PAGING, is_secret_kind

PERSON, PERSON_NO, INSURED_AT = "person", "psn_no", "insured_at"
#: What a query about a stretch of time begins with: so many days back.
BACK = 90
LONGEST = 200


class QueryForm(forms.Form):
    """What a query wants to know. `content` and `insured_at` are what `enquire` takes, `label` what lists show."""

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
        super().__init__(data, initial=dict(given or {}), auto_id="q-%s")
        self.number, self.edition, self.people = number, edition, {str(one.pk): one for one in people}
        self.table = edition.table(number)
        nodes = () if number in ENVELOPE_ONLY else self.table.input
        self.nodes = [node for node in nodes if node.columns]
        columns = [column for node in self.nodes for column in node.columns if column.wire not in PAGING]
        self.asks_person = any(column.wire == PERSON_NO for column in columns)
        for column in columns:
            if column.wire == PERSON_NO:
                self._add_person(required=bool(column.required))
            else:
                self.fields[column.wire] = self._field(column, region)

    def _add_person(self, *, required: bool) -> None:
        self.person_required = required
        known = [(pk, f"{one.name_masked}　{one.document_masked}　{one.insured_at}") for pk, one in self.people.items()]
        first = ("", "从最近识别的人员中选择" if known else "最近没有识别过人员，请填写人员编号")
        self.fields[PERSON] = forms.ChoiceField(
            label="参保人",
            choices=[first, *known],
            required=False,
            help_text="没有列出的，先识别参保人，或填写人员编号",
        )
        text = forms.TextInput(attrs={"autocomplete": "off"})
        self.fields[PERSON_NO] = forms.CharField(label="人员编号", max_length=30, required=False, widget=text)
        self.fields[INSURED_AT] = forms.RegexField(
            r"^[0-9]{6}$",
            label="参保地医保区划",
            required=False,
            help_text="六位，填写人员编号时必填",
            error_messages={"invalid": "应为六位数字"},
        )

    def _field(self, column: Column, region: str) -> forms.Field:
        required, form = bool(column.required), column.format or FORMS.get(column.type, "")
        optional = f"{self.number}.{column.wire}" in _optional()
        common: dict[str, Any] = {
            "label": column.title,
            "required": required and not optional,
            "help_text": HINTS.get(column.wire, ""),
            "error_messages": {"required": f"请填写{column.title}", "invalid": "格式不正确"},
        }
        codes = codes_of(column, self._scope(), strict=True)
        if codes:
            choices = [("", "请选择" if common["required"] else "全部"), *_choices(codes)]
            return forms.ChoiceField(choices=choices, **common)
        if form.startswith("yyyy-MM-dd"):
            first, day = _first_day(column, common["required"]), forms.DateInput({"type": "date"}, format="%Y-%m-%d")
            return forms.DateField(widget=day, initial=first, **common)
        initial = region if column.wire in ("insu_admdvs", "admdvs") else None
        size = column.size if column.size.isdecimal() else ""
        text = forms.TextInput(attrs={"autocomplete": "off"})
        return forms.CharField(max_length=int(size or LONGEST), widget=text, initial=initial, **common)

    def _scope(self) -> dict[str, str]:
        """The edition's own lists, as its classes know them."""
        return {name: f"{one.scope}.{one.name}" for name, one in self.edition.lists.items()}

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if self.asks_person:
            chosen = self.people.get(said.get(PERSON) or "")
            if chosen is not None and chosen.person_no is not None:
                said[PERSON_NO], said[INSURED_AT] = chosen.person_no.reveal(), chosen.insured_at
            elif not said.get(PERSON_NO) and self.person_required:
                self.add_error(PERSON, "请选择参保人，或填写人员编号")
            elif said.get(PERSON_NO) and not said.get(INSURED_AT) and INSURED_AT not in self.errors:
                self.add_error(INSURED_AT, "填写人员编号时，须同时填写参保地医保区划")
        first, last = said.get("begntime"), said.get("endtime")
        if first and last and first > last:
            self.add_error("endtime", "结束不能早于开始")
        return said

    # --- what was said

    @property
    def content(self) -> dict[str, Any]:
        """Nodes and items under the names of the table."""
        return {node.name: self._node(node) for node in self.nodes}

    def _node(self, node: Node) -> Any:
        said = {column.wire: self._value(column) for column in node.columns if column.wire not in PAGING}
        kept = {wire: value for wire, value in said.items() if value not in (None, "")}
        return [kept] if node.many or self.number == "5401" else kept

    def _value(self, column: Column) -> Any:
        value = self.cleaned_data.get(column.wire)
        if isinstance(value, date):
            form = column.format or FORMS.get(column.type, "")
            end = column.wire.startswith("end")
            return f"{value:%Y-%m-%d}" + (f" {'23:59:59' if end else '00:00:00'}" if "HH" in form else "")
        return value

    @property
    def insured_at(self) -> str:
        return str(self.cleaned_data.get(INSURED_AT) or "") if self.cleaned_data.get(PERSON_NO) else ""

    @property
    def label(self) -> str:
        """What was asked, for lists: what identifies a person masked."""
        found = []
        chosen = self.people.get(self.cleaned_data.get(PERSON) or "")
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if value in (None, "") or name in (PERSON, INSURED_AT):
                continue
            if name == PERSON_NO:
                found.append(chosen.name_masked if chosen else f"人员编号 {mask_identity(str(value))}")
            elif is_secret_kind(name) and name in ("certno", "psn_name"):
                found.append(f"{field.label} {mask_identity(str(value))}")
            else:
                choices: Any = getattr(field, "choices", ())
                found.append(f"{field.label} {dict(choices).get(value, value)}")
        return "，".join(found)[:300]

    def refuse(self, faults: Iterable[tuple[str, str]]) -> None:
        """Put each fault beside its field."""
        for field, sentence in faults:
            name = PERSON if field == "insuplc_admdvs" and PERSON in self.fields else field
            self.add_error(name if name in self.fields else None, sentence)


def _optional() -> frozenset[str]:
    return frozenset(readings()["optional"])


def _choices(codes: str) -> list[tuple[str, str]]:
    return [(code, f"{code} {label}") for code, label in code_list(codes).choices()]


def _first_day(column: Column, required: bool) -> date | None:
    """A stretch of time begins some weeks ago and ends today; what changed is asked since the year began."""
    today = timezone.localdate()
    if column.wire.startswith("end") and required:
        return today
    if column.wire == "updt_time":
        return date(2000, 1, 1)
    return today - timedelta(days=BACK) if required else None
