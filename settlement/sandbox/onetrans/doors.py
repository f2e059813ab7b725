"""What people at the desk and beyond do: control doors `POST /onetrans/<name>` for tests and demonstrations."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from portal.gateway.desk import ONETRANS
from portal.gateway.sandbox.plays import control
from settlement.sandbox.models import Insured, Permission, Reader, Trade
from settlement.sandbox.onetrans.desk import party_of, people_of, person_of, purse_of, reader_of
from settlement.sandbox.onetrans.money import CLOSED, FAILED, SUCCEEDED, UNDER_WAY, settle


@control(ONETRANS, "people")
def people(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The people of `party` with their cards, narrowed by `kind`, `limit`."""
    found = people_of(party_of(asked))
    found = found.filter(kind=asked["kind"]) if asked.get("kind") else found
    return {"people": [_person(one) for one in found[: int(asked.get("limit", 1000))]]}


@control(ONETRANS, "card")
def card(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Put the card of `psn_no` or `certno` on the reader: `kind` social, identity, code, health, or "" for none.

    `pin`: what the patient types is right, wrong, or the card is locked.
    """
    party = party_of(asked)
    with transaction.atomic():
        reader = reader_of(party, locked=True)
        if asked.get("psn_no") or asked.get("certno"):
            reader.insured = person_of(party, asked)
        if "kind" in asked:
            if str(asked["kind"]) not in Reader.Kind.values:
                raise ValueError(f"kind 应为 {'、'.join(one for one in Reader.Kind.values if one)} 之一或为空")
            reader.kind = str(asked["kind"])
        reader.pin = str(asked.get("pin", reader.pin))
        if reader.pin not in ("right", "wrong", "locked"):
            raise ValueError("pin 应为 right、wrong 或 locked")
        reader.save()
    return {"kind": reader.kind, "pin": reader.pin, "person": _person(reader.insured) if reader.insured else None}


@control(ONETRANS, "bill")
def bill(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What the settling window will show for `certno` the next time: `total` yuan."""
    with transaction.atomic():
        reader = reader_of(party_of(asked), locked=True)
        reader.bills[str(asked["certno"])] = str(Decimal(str(asked["total"])))
        reader.save(update_fields=["bills"])
    return {"bills": reader.bills}


@control(ONETRANS, "pay")
def pay(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What is under way under `outTradeNo` (our number) ends with `result`: succ (the default), fail or closed."""
    party, result = party_of(asked), str(asked.get("result", SUCCEEDED))
    if result not in (SUCCEEDED, FAILED, CLOSED):
        raise ValueError("result 应为 succ、fail 或 closed")
    with transaction.atomic():
        found = Trade.objects.select_for_update(of=("self",)).select_related("party", "purse", "original")
        trade = found.filter(party=party, number=str(asked.get("outTradeNo", "")), result=UNDER_WAY).first()
        if trade is None:
            raise LookupError("没有正在进行的这笔交易")
        purse_of(party, trade.purse.patient, trade.purse.account_type)
        settle(trade, result)
    return {"number": trade.number, "result": trade.result}


@control(ONETRANS, "authorize")
def authorize(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The patient (`psn_no`, else who stands at the reader) answers `out_authorize_no`: `status` succ, fail, cancel."""
    party, status = party_of(asked), str(asked.get("status", "succ"))
    if status not in ("succ", "fail", "cancel"):
        raise ValueError("status 应为 succ、fail 或 cancel")
    with transaction.atomic():
        found = Permission.objects.select_for_update().filter(party=party, number=asked.get("out_authorize_no"))
        permission = found.first()
        if permission is None:
            raise LookupError("没有这个用卡授权流水号")
        permission.status = status
        permission.insured = person_of(party, asked) if asked.get("psn_no") else reader_of(party).insured
        permission.save()
    return {"out_authorize_no": permission.number, "status": permission.status}


def _person(one: Insured) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "psn_no": one.psn_no,
        "psn_name": one.psn_name,
        "psn_cert_type": one.psn_cert_type,
        "certno": one.certno,
        "gend": one.gend,
        "brdy": str(one.brdy),
        "card_no": one.card_no,
        "card_code": one.card_sn,
        "tel": one.tel,
        "insurances": [
            {
                "insutype": each.insutype,
                "psn_insu_stas": each.psn_insu_stas,
                "insuplc_admdvs": each.insuplc_admdvs,
                "balance": str(each.balance),
            }
            for each in one.insurances.order_by("pk")
        ],
    }
