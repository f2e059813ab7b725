"""A basket as it is typed: the purchase's own items and its rows; nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms

from portal.codes import code_list
from portal.gateway.messages.amounts import PLAIN
from settlement.models import FeeLine, Visit
from settlement.services.lines import LineGiven

#: Name, label, width and kind of each cell, in the order of the page.
CELLS = (
    ("own_code", "机构编码", "c-code", ""),
    ("own_name", "项目名称", "", ""),
    ("item_code", "医保编码", "c-item", ""),
    ("quantity", "数量", "c-num", "number"),
    ("price", "单价", "c-num", "number"),
    ("amount", "金额", "c-num", "number"),
    ("trace_codes", "追溯码", "c-trace", ""),
)
LABELS = {name: label for name, label, _, _ in CELLS}
NUMBERS = ("quantity", "price", "amount")
MOST = 100
#: med_type of purchases.
MED_TYPES = ("41", "14", "18", "9901", "9904")


class BasketForm(forms.Form):
    """What holds for the whole purchase."""

    med_type = forms.ChoiceField(label="医疗类别")
    use_account = forms.ChoiceField(label="个人账户")
    disease_code = forms.CharField(label="病种编码", max_length=30, required=False, help_text="慢特病购药填写")
    disease_name = forms.CharField(label="病种名称", max_length=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = dict(code_list("national.med_type").choices())
        self.fields["med_type"].choices = [(code, kinds[code]) for code in MED_TYPES if code in kinds]  # type: ignore[attr-defined]
        self.fields["use_account"].choices = code_list("national.acct_used_flag").choices()  # type: ignore[attr-defined]
        self.fields["use_account"].initial = "1"


@dataclass
class Row:
    """One row as it stands on the page."""

    typed: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    wrong: set[str] = field(default_factory=set)

    @property
    def cells(self) -> list[dict[str, Any]]:
        return [
            {
                "name": name,
                "label": label,
                "css": css,
                "kind": kind,
                "value": self.typed.get(name, ""),
                "bad": name in self.wrong,
            }
            for name, label, css, kind in CELLS
        ]

    @property
    def spec(self) -> str:
        return self.typed.get("spec", "")

    @property
    def is_empty(self) -> bool:
        return not any(self.typed.get(name) for name in ("own_code", "own_name", "item_code", "price"))

    def blame(self, name: str, sentence: str) -> None:
        self.errors.append(sentence)
        self.wrong.add(name)


class BasketRows:
    """The rows that were posted, or those of a stored basket; at least one."""

    def __init__(self, data: Mapping[str, str] | None = None, lines: Sequence[FeeLine] = ()) -> None:
        self.rows = _posted(data) if data is not None else [Row(as_typed(line)) for line in lines]
        self.rows = self.rows or [Row()]
        self.filled = [row for row in self.rows if not row.is_empty]

    def given(self) -> list[LineGiven] | None:
        """The lines for the service; None when a number cannot be read, which then stands beside its row."""
        made = []
        for row in self.filled:
            numbers = {name: self._number(row, name) for name in NUMBERS}
            if row.errors:
                continue
            codes = [code for code in row.typed.get("trace_codes", "").replace("，", ",").split(",") if code.strip()]
            made.append(
                LineGiven(
                    own_code=row.typed.get("own_code", ""),
                    own_name=row.typed.get("own_name", ""),
                    item_code=row.typed.get("item_code", ""),
                    spec=row.spec,
                    quantity=numbers["quantity"] or Decimal(0),
                    price=numbers["price"] or Decimal(0),
                    amount=numbers["amount"],
                    trace_codes=[{"code": code.strip(), "split": "0"} for code in codes],
                )
            )
        return None if any(row.errors for row in self.rows) else made

    def _number(self, row: Row, name: str) -> Decimal | None:
        text = row.typed.get(name, "")
        if not text and name == "amount":
            return None
        if not PLAIN.fullmatch(text):
            row.blame(name, f"{LABELS[name]}应为数字" if text else f"请填写{LABELS[name]}")
            return None
        return Decimal(text)

    def blame(self, faults: Sequence[tuple[str, str]]) -> list[str]:
        """Put the service's faults beside their rows; what belongs to no row comes back."""
        rest = []
        for where, sentence in faults:
            parts = where.split(".")
            if parts[0] == "lines" and len(parts) == 3 and parts[1].isdigit() and int(parts[1]) < len(self.filled):
                self.filled[int(parts[1])].blame(parts[2], sentence)
            else:
                rest.append(sentence)
        return rest


def _posted(data: Mapping[str, str]) -> list[Row]:
    count = data.get("count", "0")
    rows = range(min(int(count) if count.isdigit() else 0, MOST))
    names = [*LABELS, "spec"]
    return [Row({name: data.get(f"lines-{n}-{name}", "").strip()[:200] for name in names}) for n in rows]


def as_typed(line: FeeLine) -> dict[str, str]:
    """A stored line as somebody would type it."""
    return {
        "own_code": line.own_code,
        "own_name": line.own_name,
        "item_code": line.item_code,
        "spec": line.spec,
        "quantity": line.shown_quantity,
        "price": line.shown_price,
        "amount": f"{line.amount:.2f}",
        "trace_codes": ",".join(one["code"] for one in line.trace_codes),
    }


def first_values(visit: Visit) -> dict[str, str]:
    return {name: getattr(visit, name) for name in ("med_type", "use_account", "disease_code", "disease_name")}
