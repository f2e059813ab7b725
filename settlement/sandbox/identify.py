"""1101 and 2001: who comes with which certificate, and what they are entitled to; e-voucher codes serve once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q

from portal.gateway.messages import Record
from portal.gateway.national import transaction
from portal.gateway.sandbox.models import Party
from portal.gateway.sandbox.plays import Call, Refuse, plays
from settlement.sandbox.answers import about, answer
from settlement.sandbox.centre import Content, centre_of, content, day, insurance_of, now, person_of
from settlement.sandbox.models import Filing, Insurance, Insured, Voucher
from settlement.sandbox.rates import kind_of

VOUCHER, IDENTITY, CARD = "01", "02", "03"


@plays(transaction("1101"))
def identify(request: Any, call: Call) -> Record:
    """The four ways of the access guide, chapter 4: e-voucher, identity number, card with its code, foreign papers."""
    centre_of(call.party)
    asked = content(request).get("data", {})
    ways = {VOUCHER: _by_voucher, IDENTITY: _by_identity, CARD: _by_card}
    way = ways.get(str(asked.get("mdtrt_cert_type")))
    if way is None:
        raise Refuse("7005", "就诊凭证类型应为 01、02 或 03")
    person = way(call.party, asked)
    if asked.get("psn_name") and asked["psn_name"] != person.psn_name:
        raise Refuse("7009", "姓名与凭证不一致")
    if asked.get("certno") and asked["certno"] != person.certno:
        raise Refuse("7010", "证件号码与凭证不一致")
    return answer(
        request,
        baseinfo=about(person),
        insuinfo=[_insurance(one) for one in person.insurances.order_by("insutype")],
        idetinfo=person.identities,
    )


def _by_voucher(party: Party, asked: Mapping[str, Any]) -> Insured:
    code = str(asked.get("mdtrt_cert_no", ""))
    found = Voucher.objects.select_for_update().filter(insured__party=party, code=code).first()
    if found is None:
        raise Refuse("7005", "医保电子凭证码无效")
    if found.read_at is not None:
        raise Refuse("7006", "医保电子凭证码已经使用过，请参保人重新出示")
    found.read_at = now()
    found.save(update_fields=["read_at"])
    person: Insured = found.insured
    return person


def _by_identity(party: Party, asked: Mapping[str, Any]) -> Insured:
    number = str(asked.get("mdtrt_cert_no", "")).upper()
    found = Insured.objects.filter(party=party, certno=number, psn_cert_type="01").first()
    if found is None:
        raise Refuse("7005", "没有这个身份证号码的参保人")
    return found


def _by_card(party: Party, asked: Mapping[str, Any]) -> Insured:
    number, code = str(asked.get("mdtrt_cert_no", "")), str(asked.get("card_sn", ""))
    kind = str(asked.get("psn_cert_type", "")).lstrip("0")
    if kind == "99":
        found = Insured.objects.filter(party=party, certno=number).exclude(psn_cert_type="01").first()
        if found is None:
            raise Refuse("7005", "没有这个证件号码的参保人")
        if code != number:
            raise Refuse("7008", "其他证件的卡识别码应填写证件号码")
        return found
    found = Insured.objects.filter(party=party, card_no=number).first()
    if found is None:
        raise Refuse("7005", "没有这个社会保障卡号")
    if code != found.card_sn:
        raise Refuse("7008", "社会保障卡识别码与卡号不一致")
    if kind != "1" or asked.get("certno") != found.certno:
        raise Refuse("7010", "证件号码与社会保障卡不一致")
    return found


def _insurance(one: Insurance) -> Content:
    return {
        "balc": one.balance,
        "insutype": one.insutype,
        "psn_type": one.psn_type,
        "psn_insu_stas": one.psn_insu_stas,
        "psn_insu_date": one.since,
        "paus_insu_date": one.paused,
        "cvlserv_flag": one.cvlserv_flag,
        "insuplc_admdvs": one.insuplc_admdvs,
        "emp_name": one.emp_name,
    }


@plays(transaction("2001"))
def entitlement(request: Any, call: Call) -> Record:
    """What the insurance grants for this kind of visit, fund by fund; paused insurances grant nothing."""
    asked = content(request).get("data", {})
    person = person_of(call, asked.get("psn_no"))
    found = person.insurances.filter(insutype=str(asked.get("insutype", ""))).first()
    if found is None:
        raise Refuse("7003", f"参保人没有参加险种 {asked.get('insutype')}")
    med_type, on = str(asked.get("med_type", "")), day(asked.get("begntime"))
    reason = _reason(person, found, med_type, str(asked.get("dise_codg") or ""), on)
    pool = "310100" if found.insutype == "310" else "390100"
    funds = [pool] + (["320100"] if found.cvlserv_flag == "1" else []) + (["610100"] if person.kind == "aided" else [])
    return answer(
        request,
        trtinfo=[
            {
                "psn_no": person.psn_no,
                "trt_chk_type": "01",
                "fund_pay_type": fund,
                "trt_enjymnt_flag": "0" if reason else "1",
                "begndate": found.since,
                "enddate": found.paused,
                "trt_chk_rslt": reason,
            }
            for fund in funds
        ],
    )


def _reason(person: Insured, found: Insurance, med_type: str, disease: str, on: date) -> str:
    if found.psn_insu_stas != "1":
        return "参保状态不是正常参保"
    if kind_of(med_type) == "chronic" and not is_filed(person, disease, on):
        return "没有有效的门诊慢特病备案"
    return ""


def is_filed(person: Insured, disease: str, on: date) -> bool:
    """Whether an approved filing of that disease (of any, when none is named) covers the day."""
    filed = Filing.objects.filter(insured=person, state=Filing.State.APPROVED, begins__lte=on)
    filed = filed.filter(kind__in=(Filing.Kind.CHRONIC, Filing.Kind.TWO_DISEASES))
    filed = filed.filter(Q(ends=None) | Q(ends__gte=on))
    return (filed.filter(code=disease) if disease else filed).exists()


def is_cross(party: Party, insurance: Insurance) -> bool:
    """Whether the insurance is of another province than the institution."""
    return insurance.insuplc_admdvs[:2] != str(party.institution.get("region") or "440100")[:2]


def certified(call: Call, person: Insured, asked: Mapping[str, Any], *, shown: str = "") -> Voucher | None:
    """Check the certificate of a registration or settlement; of an e-voucher the code, which 1101 must have read.

    `shown` is what the visit was registered with: a pre-settlement may name it again, for the patient may be away.
    """
    kind, number = str(asked.get("mdtrt_cert_type") or ""), str(asked.get("mdtrt_cert_no") or "")
    if kind == VOUCHER:
        found = Voucher.objects.select_for_update().filter(insured__party=call.party, code=number).first()
        if found is None:
            raise Refuse("7005", "医保电子凭证码无效")
        if found.insured.pk != person.pk:
            raise Refuse("7012", "凭证不属于该参保人")
        if found.read_at is None:
            raise Refuse("7007", "医保电子凭证码还没有用于获取人员信息（1101）")
        if found.spent_on and number != shown:
            raise Refuse("7006", f"医保电子凭证码已经用于 {found.spent_on}，请参保人重新出示")
        return found
    own = (person.card_no, person.certno)
    if kind in (IDENTITY, CARD) and number and number not in own:
        raise Refuse("7012", "凭证不属于该参保人")
    if asked.get("certno") and asked["certno"] != person.certno:
        raise Refuse("7010", "证件号码与参保人不一致")
    if asked.get("psn_name") and asked["psn_name"] != person.psn_name:
        raise Refuse("7009", "姓名与参保人不一致")
    return None


def spend(call: Call, person: Insured, asked: Mapping[str, Any]) -> None:
    """The same, and an e-voucher code is spent by it."""
    if voucher := certified(call, person, asked):
        voucher.spent_on = call.code
        voucher.save(update_fields=["spent_on"])


def entitled(call: Call, person: Insured, insutype: Any, infno: str) -> Insurance:
    """The insurance a visit goes by; people of other provinces need the transaction's A variant."""
    found = insurance_of(person, insutype)
    if is_cross(call.party, found) and infno in ("2101", "2102", "2206", "2207", "2303", "2304"):
        raise Refuse("7011", f"跨省异地就医请使用 {infno}A")
    return found
