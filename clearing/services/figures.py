"""A changed figure as people read it: its name, both values, and what lies between."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.db import models

from clearing.models import ClearingRow
from portal.codes import code_list

CODES = {
    "region": "clearing.insu_admdvs",
    "visit_type": "clearing.akc191",
    "clearing_type": "clearing.clr_type",
    "provider_type": "clearing.medins_type",
}


@dataclass(frozen=True)
class Figure:
    """`before` and `after` as they are shown; `difference` in the figure's own unit, None for what is no number."""

    name: str
    label: str
    before: str
    after: str
    difference: Decimal | None

    @classmethod
    def of(cls, name: str, before: str, after: str) -> "Figure":
        """From the stored texts."""
        is_number = isinstance(ClearingRow._meta.get_field(name), models.DecimalField | models.IntegerField)
        difference = number(after) - number(before) if is_number and before and after else None
        return cls(name, label_of(name), in_words(name, before), in_words(name, after), difference)

    @property
    def is_money(self) -> bool:
        return self.name not in ("visit_count", "score")

    @property
    def shown_difference(self) -> str:
        if self.difference is None:
            return ""
        return f"{self.difference:+,.2f}" if self.name != "visit_count" else f"{self.difference:+,}"


def label_of(name: str) -> str:
    return str(getattr(ClearingRow._meta.get_field(name), "verbose_name", name))


def in_words(name: str, text: str) -> str:
    """A stored value with its code's label, or with thousands separators; “—” for what was not known."""
    if not text:
        return "—"
    if name in CODES:
        return code_list(CODES[name]).label(text)
    field = ClearingRow._meta.get_field(name)
    if isinstance(field, models.IntegerField):
        return f"{int(text):,}"
    return f"{number(text):,.2f}" if isinstance(field, models.DecimalField) else text


def number(text: str) -> Decimal:
    """The amount that a stored text means; zero for none."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("0.00")
