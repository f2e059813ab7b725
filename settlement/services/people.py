"""An insured person as 1101 and 2001 answered, in the words of the desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from portal.codes import code_list

IN_FORCE = "1"
GRANTED = "1"


@dataclass(frozen=True)
class Entitlement:
    """Whether one fund pays for this kind of visit, and why not."""

    fund: str
    is_granted: bool
    reason: str


@dataclass(frozen=True)
class InsuranceShown:
    """One insurance of a person; `balance` in yuan, `note` why entitlements are not known."""

    insurance: str
    insured_at: str
    person_type: str
    state: str
    balance: Decimal | None
    is_civil_servant: bool
    employer: str
    entitlements: tuple[Entitlement, ...] = ()
    note: str = ""
    has_been_checked: bool = False

    @property
    def key(self) -> str:
        """What tells insurances of one person apart."""
        return f"{self.insurance}-{self.insured_at}"

    @property
    def label(self) -> str:
        return code_list("national.insutype").label(self.insurance)

    @property
    def person_type_label(self) -> str:
        return code_list("national.psn_type").label(self.person_type)

    @property
    def state_label(self) -> str:
        return code_list("national.psn_insu_stas").label(self.state) if self.state else "未注明"

    @property
    def is_in_force(self) -> bool:
        """Whether it is paid for; what the centre does not say is taken for so, and 2001 has the word."""
        return self.state in ("", IN_FORCE)

    @property
    def is_granted(self) -> bool:
        """Whether some fund pays."""
        return any(one.is_granted for one in self.entitlements)


@dataclass(frozen=True)
class PersonShown:
    """A person with the insurances they have."""

    person_no: str
    name: str
    document: str
    document_type: str
    gender: str
    born_on: str
    age: str
    insurances: tuple[InsuranceShown, ...]
    identities: tuple[str, ...]

    @property
    def gender_label(self) -> str:
        return code_list("national.gend").label(self.gender) if self.gender else ""


def read_person(answer: Mapping[str, Any], entitlements: Mapping[str, Any]) -> PersonShown:
    """From the output of 1101 and, by insurance, of 2001; what is missing is empty."""
    base = answer.get("baseinfo") or {}
    insurances = [_insurance(row) for row in answer.get("insuinfo") or ()]
    kinds = code_list("national.psn_idet_type")
    return PersonShown(
        person_no=_text(base, "psn_no"),
        name=_text(base, "psn_name"),
        document=_text(base, "certno"),
        document_type=_text(base, "psn_cert_type") or "01",
        gender=_text(base, "gend"),
        born_on=_text(base, "brdy")[:10],
        age=_text(base, "age"),
        insurances=tuple(_with(one, entitlements.get(one.key)) for one in insurances),
        identities=tuple(kinds.label(_text(row, "psn_idet_type")) for row in answer.get("idetinfo") or ()),
    )


def usable_first(person: PersonShown) -> InsuranceShown:
    """The insurance to begin with: one that pays before one that does not, employees' before residents'."""
    return min(person.insurances, key=lambda one: (not one.is_granted, not one.is_in_force, one.insurance))


def _insurance(row: Mapping[str, Any]) -> InsuranceShown:
    return InsuranceShown(
        insurance=_text(row, "insutype"),
        insured_at=_text(row, "insuplc_admdvs"),
        person_type=_text(row, "psn_type"),
        state=_text(row, "psn_insu_stas"),
        balance=_amount(row.get("balc")),
        is_civil_servant=_text(row, "cvlserv_flag") == "1",
        employer=_text(row, "emp_name"),
    )


def _with(one: InsuranceShown, told: Mapping[str, Any] | None) -> InsuranceShown:
    if told is None:
        return one
    if "rows" not in told:
        return replace(one, note=str(told.get("refused") or told.get("unknown") or ""), has_been_checked=True)
    funds = code_list("national.fund_pay_type")
    found = tuple(
        Entitlement(
            funds.label(_text(row, "fund_pay_type")),
            _text(row, "trt_enjymnt_flag") == GRANTED,
            _text(row, "trt_chk_rslt"),
        )
        for row in told["rows"]
    )
    return replace(one, entitlements=found, has_been_checked=True)


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value).strip()


def _amount(value: Any) -> Decimal | None:
    try:
        return None if value in (None, "") else Decimal(str(value))
    except InvalidOperation:
        return None
