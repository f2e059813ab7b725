"""What people at the centre do and tell: `POST /national/<name>`, for tests, demonstrations and seeding."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from portal.gateway.national import NATIONAL
from portal.gateway.sandbox.plays import control
from settlement.sandbox import items as catalogue
from settlement.sandbox import lines, names
from settlement.sandbox.catalogue import versions_of
from settlement.sandbox.centre import centre_of, now, party_of
from settlement.sandbox.models import Filing, Insured, Line, Visit, Voucher
from settlement.sandbox.options import Options
from settlement.sandbox.people import CYCLE, make_people


@control(NATIONAL, "people")
def people(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Insured people of `party` with their certificates, insurances, filings and open visits.

    `kind` (see `kinds` in the answer), `insutype`, `psn_no`, `at_least` (account balance) and `free` (no visit that is
    not undone) narrow them down, `limit` the number. `more` makes so many more first.
    """
    party = party_of(asked)
    with transaction.atomic():
        centre_of(party)
        if more := int(asked.get("more", 0)):
            have = Insured.objects.filter(party=party).count()
            make_people(party, Options.of(party), now().date(), first=have, last=have + more)
    found = Insured.objects.filter(party=party).order_by("pk").prefetch_related("insurances", "filings", "visits")
    for name in ("kind", "psn_no"):
        found = found.filter(**{name: asked[name]}) if asked.get(name) else found
    if insutype := asked.get("insutype"):
        found = found.filter(insurances__insutype=insutype)
    if least := asked.get("at_least"):
        found = found.filter(insurances__balance__gte=Decimal(str(least)))
    if asked.get("free"):
        found = found.exclude(Exists(Visit.objects.filter(insured=OuterRef("pk"))))
    found = found[: int(asked["limit"])] if asked.get("limit") else found
    return {"kinds": list(CYCLE), "people": [_person(one) for one in found]}


@control(NATIONAL, "vouchers")
def vouchers(asked: Mapping[str, Any]) -> dict[str, Any]:
    """`count` (1) fresh e-voucher codes of `psn_no`, as their phone would show them."""
    party, count = party_of(asked), int(asked.get("count", 1))
    with transaction.atomic():
        centre = centre_of(party, locked=True)
        person = Insured.objects.filter(party=party, psn_no=str(asked.get("psn_no", ""))).first()
        if person is None:
            raise LookupError("没有这个人员编号")
        seed = f"{Options.of(party).seed}:{party.pk}"
        codes = [names.voucher(seed, centre.vouchers + one) for one in range(count)]
        Voucher.objects.bulk_create([Voucher(insured=person, code=code) for code in codes])
        centre.vouchers += count
        centre.save(update_fields=["vouchers"])
    return {"codes": codes}


@control(NATIONAL, "stays")
def stays(asked: Mapping[str, Any]) -> dict[str, Any]:
    """A finished, unsettled stay of one line for each of `psn_nos`, which may repeat, as if it had gone all its way.

    Nobody sent messages for them, so they are no effects; for tests that settle many. `price` of the line, code
    `med_list_codg`.
    """
    party, at = party_of(asked), now()
    made = []
    with transaction.atomic():
        for n, psn_no in enumerate(asked.get("psn_nos", ()), 1):
            person = Insured.objects.get(party=party, psn_no=str(psn_no))
            visit = Visit.objects.create(
                party=party,
                insured=person,
                insurance=person.insurances.order_by("insutype")[0],
                mdtrt_id=f"S{psn_no[-16:]}{n:05d}",
                kind=Visit.Kind.INPATIENT,
                state=Visit.State.LEFT,
                number=f"ZY{psn_no[-16:]}{n:05d}",
                med_type="2101",
                begins=at - timedelta(days=1),
                ends=at,
            )
            price = Decimal(str(asked.get("price", "10.00")))
            row = {"feedetl_sn": "1", "med_list_codg": asked.get("med_list_codg", "X00000001"), "cnt": 1}
            row |= {"pric": price, "det_item_fee_sumamt": price, "fee_ocur_time": f"{at:%Y-%m-%d %H:%M:%S}"}
            Line.objects.bulk_create(lines.made(visit, [row]))
            made.append({"psn_no": person.psn_no, "mdtrt_id": visit.mdtrt_id, "number": visit.number})
    return {"stays": made}


@control(NATIONAL, "items")
def items(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Items of the catalogue: `number` (1301 … 1306), `grade` (01, 02, 03), `limited` (with a price limit), `limit`."""
    rows, limit = Options.of(party_of(asked)).catalogue_rows, int(asked.get("limit", 20))
    numbers = [str(asked["number"])] if asked.get("number") else list(catalogue.SORTS)
    if unknown := set(numbers) - set(catalogue.SORTS):
        raise LookupError(f"没有这样的目录：{'、'.join(unknown)}")
    found = []
    for one in catalogue.items(min(rows, 2000), *numbers):
        listed = one.listed
        if asked.get("grade") and listed.chrgitm_lv != asked["grade"]:
            continue
        if "limited" in asked and (listed.price_limit is not None) != bool(asked["limited"]):
            continue
        found.append(_item(one))
        if len(found) == limit:
            break
    return {"items": found}


@control(NATIONAL, "decide")
def decide(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The agency decides about the filing `trt_dcla_detl_sn`: `approved` (true, the default) or refused."""
    party = party_of(asked)
    with transaction.atomic():
        filings = Filing.objects.select_for_update().filter(party=party)
        found = filings.filter(number=str(asked.get("trt_dcla_detl_sn", ""))).first()
        if found is None:
            raise LookupError("没有这个备案")
        if found.state == Filing.State.CANCELLED:
            raise LookupError("该备案已经撤销")
        found.state = Filing.State.APPROVED if asked.get("approved", True) else Filing.State.REFUSED
        found.save(update_fields=["state"])
    return {"trt_dcla_detl_sn": found.number, "state": found.state}


@control(NATIONAL, "pause")
def pause(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The insurance `insutype` (or all) of `psn_no` is paused from today on; `open: true` lets it go on."""
    person = Insured.objects.filter(party=party_of(asked), psn_no=str(asked.get("psn_no", ""))).first()
    if person is None:
        raise LookupError("没有这个人员编号")
    insurances = person.insurances.all()
    insurances = insurances.filter(insutype=asked["insutype"]) if asked.get("insutype") else insurances
    is_open = bool(asked.get("open"))
    insurances.update(psn_insu_stas="1" if is_open else "2", paused=None if is_open else now().date())
    return {"psn_no": person.psn_no, "psn_insu_stas": "1" if is_open else "2"}


@control(NATIONAL, "publish")
def publish(asked: Mapping[str, Any]) -> dict[str, Any]:
    """One version more of the catalogue `infno`, with some rows changed, some new and some withdrawn."""
    party, infno = party_of(asked), str(asked.get("infno", ""))
    with transaction.atomic():
        centre = centre_of(party, locked=True)
        versions_of(party, infno)  # LookupError for a catalogue that there is not
        centre.versions[infno] = int(centre.versions.get(infno, 0)) + 1
        centre.save(update_fields=["versions"])
    return {"infno": infno, "versions": versions_of(party, infno)}


def _person(one: Insured) -> dict[str, Any]:
    return {
        **{name: getattr(one, name) for name in ("kind", "psn_no", "psn_name", "psn_cert_type", "certno", "gend")},
        **{name: getattr(one, name) for name in ("card_no", "card_sn", "tel", "identities")},
        "brdy": str(one.brdy),
        "insurances": [
            {
                **{name: getattr(each, name) for name in ("insutype", "psn_type", "psn_insu_stas", "cvlserv_flag")},
                "insuplc_admdvs": each.insuplc_admdvs,
                "balance": str(each.balance),
                "family_balance": str(each.family_balance),
            }
            for each in sorted(one.insurances.all(), key=lambda each: each.insutype)
        ],
        "filings": [
            {"trt_dcla_detl_sn": each.number, "kind": each.kind, "state": each.state, "code": each.code}
            for each in one.filings.all()
        ],
        "visits": [
            {"mdtrt_id": each.mdtrt_id, "kind": each.kind, "state": each.state, "number": each.number}
            for each in one.visits.all()
        ],
    }


def _item(one: catalogue.Item) -> dict[str, Any]:
    listed = one.listed
    return {
        "med_list_codg": listed.code,
        "name": listed.name,
        "number": one.number,
        "list_type": listed.list_type,
        "chrgitm_lv": listed.chrgitm_lv,
        "med_chrgitm_type": listed.med_chrgitm_type,
        "price": str(listed.price),
        "price_limit": None if listed.price_limit is None else str(listed.price_limit),
        "selfpay_prop": str(listed.selfpay_prop),
        "unit": one.unit,
        "spec": one.spec,
    }
