"""Patients of the national interface for tests of the sandbox, and the small pieces that messages are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

Content = dict[str, Any]
SHANGHAI = ZoneInfo("Asia/Shanghai")
SUMS = ("medfee_sumamt", "fund_pay_sumamt", "psn_part_amt", "acct_pay", "psn_cash_pay", "hosp_part_amt")


def at(days: int = 0) -> str:
    return f"{datetime.now(SHANGHAI) + timedelta(days=days):%Y-%m-%d %H:%M:%S}"


@dataclass
class Patient:
    """Somebody at a visit: the person as the control door gave them, and how far the visit has come."""

    person: Content
    insutype: str
    mdtrt_id: str = ""
    number: str = ""
    med_type: str = "11"
    bills: dict[str, list[Content]] = field(default_factory=dict)
    results: dict[str, Content] = field(default_factory=dict)

    @property
    def psn_no(self) -> str:
        return str(self.person["psn_no"])

    @property
    def insurance(self) -> Content:
        return next(one for one in self.person["insurances"] if one["insutype"] == self.insutype)

    @property
    def insured_at(self) -> str:
        return str(self.insurance["insuplc_admdvs"])

    def lines(self, batch: str = "") -> list[Content]:
        return [one for name, lines in self.bills.items() if batch in ("", name) for one in lines]

    def total(self, batch: str = "") -> Decimal:
        return sum((Decimal(str(one["det_item_fee_sumamt"])) for one in self.lines(batch)), Decimal("0.00"))


def diagnosis(**more: Any) -> Content:
    return {
        "diag_type": "1",
        "diag_srt_no": 1,
        "diag_code": "J18.900",
        "diag_name": "肺炎",
        "diag_dept": "内科",
        "dise_dor_no": "D5101000001",
        "dise_dor_name": "沐医师",
        "diag_time": at(),
        **more,
    }


def doctor() -> Content:
    return {
        "bilg_dept_codg": "A03",
        "bilg_dept_name": "内科",
        "bilg_dr_codg": "D5101000001",
        "bilg_dr_name": "沐医师",
    }


def balanced(info: Any) -> bool:
    """The identities that every settlement keeps."""
    medfee, funds, person, account, cash, hospital = (getattr(info, name) or Decimal(0) for name in SUMS)
    return bool(medfee == funds + person + hospital and person == account + cash)
