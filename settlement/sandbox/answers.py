"""Making an answer from nodes: each laid into its declaration, with nothing that the declaration does not know."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from portal.gateway.messages import Record, Request, item_of
from settlement.sandbox.centre import SHANGHAI, now
from settlement.sandbox.models import Insured, Settlement, Visit


def answer(request: Request[Any] | type[Request[Any]], **nodes: Any) -> Record:
    """The reply of that request with these nodes or items, by their wire names."""
    kind = request if isinstance(request, type) else type(request)
    declared: type[Record] = kind.reply()
    return declared.model_validate(_fitted(declared, nodes))


def _fitted(declared: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for name, info in declared.model_fields.items():
        wire = item_of(declared, name).wire
        if wire in values and values[wire] is not None:
            found[wire] = _value(info, values[wire])
    return found


def _value(info: FieldInfo, value: Any) -> Any:
    inner = _record(info.annotation)
    if inner is not None and isinstance(value, list):
        return [_fitted(inner, one) for one in value]
    if inner is not None:
        return _fitted(inner, value)
    if isinstance(value, datetime):
        return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
    return value.isoformat() if isinstance(value, date) else value


def _record(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for one in get_args(annotation) if (found := _record(one)) is not None), None)


def nodes_of(declared: type[BaseModel]) -> dict[str, tuple[type[BaseModel] | None, bool]]:
    """Of every node of a reply: its record, and whether it is a list."""
    found = {}
    for name, info in declared.model_fields.items():
        is_list = any(getattr(one, "__origin__", None) in (list, tuple) for one in _arguments(info.annotation))
        found[item_of(declared, name).wire] = (_record(info.annotation), is_list)
    return found


def _arguments(annotation: Any) -> list[Any]:
    return [annotation, *(deeper for one in get_args(annotation) for deeper in _arguments(one))]


def about(person: Insured) -> dict[str, Any]:
    """A person as most answers repeat them."""
    return {
        "psn_no": person.psn_no,
        "psn_cert_type": person.psn_cert_type,
        "certno": person.certno,
        "psn_name": person.psn_name,
        "gend": person.gend,
        "naty": "01",
        "brdy": person.brdy,
        "age": age_on(person.brdy, now().date()),
        "tel": person.tel,
    }


def age_on(born: date, on: date) -> Decimal:
    """Whole years; of infants years and tenths."""
    years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return Decimal(years) if years else Decimal((on - born).days * 10 // 366) / 10


def insured_by(visit: Visit) -> dict[str, Any]:
    """The person of a visit with the insurance it goes by."""
    insurance = visit.insurance
    return about(visit.insured) | {
        "insutype": insurance.insutype,
        "psn_type": insurance.psn_type,
        "cvlserv_flag": insurance.cvlserv_flag,
        "insu_optins": insurance.insuplc_admdvs,
        "insuplc_admdvs": insurance.insuplc_admdvs,
        "emp_name": insurance.emp_name,
        "flxempe_flag": "0",
        "nwb_flag": "1" if visit.insured.kind == "infant" else "0",
        "maf_psn_flag": "1" if visit.insured.kind == "aided" else "0",
        "mdtrt_id": visit.mdtrt_id,
        "med_type": visit.med_type,
        "mdtrt_cert_type": visit.facts.get("mdtrt_cert_type", ""),
    }


def text_of(values: Mapping[str, Any]) -> str:
    """For a column that takes text: canonical JSON."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)


def opened(settlement: Settlement) -> list[dict[str, Any]]:
    """The shares of the funds as `setldetail` has them."""
    return [
        {
            "fund_pay_type": one["fund_pay_type"],
            "fund_pay_type_name": one["name"],
            "inscp_scp_amt": one["in_scope"],
            "crt_payb_lmt_amt": one["left"],
            "fund_payamt": one["amount"],
            "setl_proc_info": "",
        }
        for one in settlement.shares
    ]
