"""The settling window for outpatients, and taking a settlement back (3.1.3.6, 3.1.3.7).

What is to be paid the window learns from the hospital's own system, which there is none of here: the control door
`/onetrans/bill` says, or it is 100 yuan. The order's number is the settlement's, too.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import F

from portal.gateway.sandbox.models import Effect
from portal.gateway.sandbox.plays import Call, plays
from settlement.messages.onetrans import (
    CancelCharge,
    CancelledCharge,
    CancelledSettlement,
    Charged,
    ChargeOutpatient,
    FundPart,
)
from settlement.sandbox.centre import now
from settlement.sandbox.models import Charge, Insurance
from settlement.sandbox.onetrans.desk import (
    CHARGE_OVER,
    NO_CARD,
    NO_CHARGE,
    no,
    people_of,
    reader_of,
    trace_number,
)

CENT = Decimal("0.01")
DEFAULT_BILL, FUND_SHARE = Decimal("100.00"), Decimal("0.60")
SELF_PAID = "00"


@plays(ChargeOutpatient)
def charge(request: ChargeOutpatient, call: Call) -> Charged:
    """Settle the bill: six tenths by the fund, the rest from the person's account as far as it goes, then in cash.

    Every call settles anew: the window shows what is open, and nothing identifies a call before.
    """
    reader = reader_of(call.party, locked=True)
    total = Decimal(str(reader.bills.pop(request.certno, DEFAULT_BILL))).quantize(CENT)
    reader.save(update_fields=["bills"])
    fund, account = _insured_parts(request, call, total)
    number = f"{now():%Y%m%d%H%M%S}{int(trace_number(call.party, 'charge', call.nonce)) % 10**9:09d}"
    made = Charge.objects.create(
        party=call.party,
        order_no=number,
        mdtrt_id=request.mdtrt_id or f"V{number}",
        psn_no=request.psn_no or "",
        certno=request.certno,
        insutype=request.insutype or "",
        total=total,
        fund=fund,
        account=account,
        cash=total - fund - account,
        msgid=call.nonce,
    )
    live = Charge.objects.filter(party=call.party, mdtrt_id=made.mdtrt_id, is_cancelled=False)
    detail = {"mdtrt_id": made.mdtrt_id, "setl_id": number}
    duplicate = live.exclude(pk=made.pk).exists()
    call.effect(number, rows=1, duplicate=duplicate, detail=detail, **_amounts(made))
    paid = {"chargeNo": f"9{number[-18:]}", "traceNo": f"9{number[-18:]}", "traceTime": f"{now():%Y%m%d%H%M%S}"}
    return Charged(orderList=[number], **(paid if made.cash and request.payAppId else {}))


def _insured_parts(request: ChargeOutpatient, call: Call, total: Decimal) -> tuple[Decimal, Decimal]:
    """What the fund and the person's account pay."""
    if request.patientType == SELF_PAID:
        return Decimal("0.00"), Decimal("0.00")
    person = people_of(call.party).filter(psn_no=request.psn_no).first()
    if person is None:
        raise no(NO_CARD, "没有这个参保人")
    insurance = Insurance.objects.select_for_update().filter(insured=person, insutype=request.insutype).first()
    if insurance is None or insurance.psn_insu_stas != "1":
        raise no(NO_CARD, "参保人没有参加这个险种，或参保状态不正常")
    fund = (total * FUND_SHARE).quantize(CENT)
    account = min(total - fund, insurance.balance)
    insurance.balance -= account
    insurance.save(update_fields=["balance"])
    return fund, account


@plays(CancelCharge)
def cancel(request: CancelCharge, call: Call) -> CancelledCharge:
    """Take back a settlement that lives; the second time it is refused."""
    found = Charge.objects.select_for_update().filter(party=call.party, order_no=request.setl_id).first()
    if found is None or found.mdtrt_id != request.mdtrt_id or found.psn_no != request.psn_no:
        raise no(NO_CHARGE, "没有找到这个就诊的结算")
    if found.is_cancelled:
        raise no(CHARGE_OVER, "这笔结算已经撤销")
    found.is_cancelled = True
    found.save(update_fields=["is_cancelled"])
    Insurance.objects.filter(insured__in=people_of(call.party), insured__psn_no=found.psn_no).filter(
        insutype=found.insutype
    ).update(balance=F("balance") + found.account)
    original = Effect.objects.filter(party=call.party, code="fsi.outpatient.charge", business_key=found.order_no)
    amounts: dict[str, Any] = {name: -value for name, value in _amounts(found).items()}
    call.effect(found.order_no, rows=1, undoes=original, detail={"mdtrt_id": found.mdtrt_id}, **amounts)
    return CancelledCharge(
        setlinfo=_taken_back(found, call),
        setldetail=[
            FundPart(
                fund_pay_type="310100",
                inscp_scp_amt=-found.fund,
                crt_payb_lmt_amt=Decimal("0.00"),
                fund_payamt=-found.fund,
                fund_pay_type_name="职工基本医疗保险统筹基金",
            )
        ],
    )


def _amounts(made: Charge) -> dict[str, Any]:
    return {"amount": made.total, "fund": made.fund, "account": made.account, "cash": made.cash}


def _taken_back(found: Charge, call: Call) -> CancelledSettlement:
    """The settlement with every amount negative."""
    zero = Decimal("0.00")
    none: dict[str, Any] = dict.fromkeys(
        ("overlmt_selfpay", "preselfpay_amt", "cvlserv_pay", "hifes_pay", "hifmi_pay", "hifob_pay", "maf_pay"), zero
    )
    balance = Insurance.objects.filter(insured__psn_no=found.psn_no, insutype=found.insutype).first()
    return CancelledSettlement(
        mdtrt_id=found.mdtrt_id,
        setl_id=found.order_no,
        clr_optins=str(call.party.institution.get("region") or "440100")[:6],
        setl_time=f"{now():%Y-%m-%d %H:%M:%S}",
        medfee_sumamt=-found.total,
        fulamt_ownpay_amt=zero,
        inscp_scp_amt=-found.total,
        act_pay_dedc=zero,
        hifp_pay=-found.fund,
        pool_prop_selfpay=FUND_SHARE,
        oth_pay=zero,
        fund_pay_sumamt=-found.fund,
        psn_part_amt=-(found.account + found.cash),
        acct_pay=-found.account,
        psn_cash_pay=-found.cash,
        hosp_part_amt=zero,
        balc=balance.balance if balance else zero,
        acct_mulaid_pay=zero,
        medins_setl_id=call.nonce[:30],
        **none,
    )
