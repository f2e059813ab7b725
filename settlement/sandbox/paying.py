"""Settling and taking back: what a purchase, a bill and a stay have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from portal.gateway.messages import Record, Request
from portal.gateway.sandbox.models import Effect
from portal.gateway.sandbox.plays import Call, Refuse
from settlement.sandbox import benefits
from settlement.sandbox.answers import answer, insured_by, opened
from settlement.sandbox.benefits import Benefit, Claim, Cut, Year
from settlement.sandbox.centre import Content, amount, now
from settlement.sandbox.identify import is_cross, spend
from settlement.sandbox.models import Insurance, Line, Settlement, Visit
from settlement.sandbox.options import Options
from settlement.sandbox.rates import ZERO, kind_of

#: The amounts of a settlement under the wire's names.
AMOUNTS = (
    *("medfee_sumamt", "fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt", "act_pay_dedc"),
    *("hifp_pay", "cvlserv_pay", "hifob_pay", "hifmi_pay", "maf_pay", "fund_pay_sumamt", "psn_part_amt"),
    *("hosp_part_amt", "acct_pay", "acct_mulaid_pay", "psn_cash_pay"),
)
#: What the ledger keeps of them.
TOLD = ("medfee_sumamt", "fund_pay_sumamt", "acct_pay", "psn_cash_pay", "hosp_part_amt")
CLEARING = {"pharmacy": "41", "outpatient": "11", "chronic": "14", "inpatient": "21"}


def worked_out(call: Call, visit: Visit, lines: Iterable[Line | Cut], asked: Content) -> Benefit:
    """What these lines would be paid as; refuses sums that are not the lines'."""
    sums = benefits.total(one if isinstance(one, Cut) else cut_of(one) for one in lines)
    stated = amount(asked.get("medfee_sumamt"))
    if stated != sums.amount:
        raise Refuse("7302", f"医疗费总额 {stated} 与费用明细合计 {sums.amount} 不一致")
    _check_four(asked, sums)
    return benefits.settle(sums, _claim(call, visit, asked), year_of(visit))


def _check_four(asked: Mapping[str, Any], sums: Cut) -> None:
    """The four sums that a settlement repeats; a stay may leave them out (they come as zeros then)."""
    names = ("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")
    stated = {name: amount(asked.get(name)) for name in names}
    if not any(stated.values()):
        return
    for name, found in zip(names, (sums.own, sums.over, sums.first, sums.in_scope), strict=True):
        if stated[name] != found:
            raise Refuse("7303", f"{name} 为 {stated[name]}，费用明细合计为 {found}")


def _claim(call: Call, visit: Visit, asked: Mapping[str, Any]) -> Claim:
    insurance = visit.insurance
    return Claim(
        insutype=insurance.insutype if insurance.insutype in ("310", "390") else "310",
        med_type=visit.med_type,
        level=Options.of(call.party).level,
        psn_type=insurance.psn_type,
        is_civil=insurance.cvlserv_flag == "1",
        is_aided=visit.insured.kind == "aided",
        is_elsewhere=is_cross(call.party, insurance),
        acct_used_flag=str(asked.get("acct_used_flag") or "0"),
        balance=insurance.balance,
        family_balance=insurance.family_balance,
    )


def year_of(visit: Visit, year: int = 0) -> Year:
    """What the insurance has paid in the year: the sums of its live settlements, so nothing remains of one undone."""
    year = year or now().year
    live = Settlement.objects.filter(visit__insurance=visit.insurance, year=year, state=Settlement.State.LIVE)
    stays = Q(kind="inpatient")
    found = live.aggregate(
        stays=Count("visit", filter=stays & ~Q(visit=visit.pk), distinct=True),
        here=Count("pk", filter=stays & Q(visit=visit.pk)),
        **{name: Sum(name) for name in ("hifob_pay", "hifmi_pay", "maf_pay")},
    )
    kinds = live.values_list("kind").annotate(Sum("act_pay_dedc"), Sum("hifp_pay"))
    by_kind = {kind: (deducted, pooled) for kind, deducted, pooled in kinds}
    pooled = {kind: sums[1] for kind, sums in by_kind.items()}
    pooled["inpatient"] = pooled.get("inpatient", ZERO) + visit.insurance.pooled_before
    of_burden = live.filter(kind__in=("inpatient", "chronic")).aggregate(
        **{name: Sum(name) for name in ("inscp_scp_amt", "hosp_part_amt", "act_pay_dedc", "fund_pay_sumamt")}
    )
    scope, *less = (of_burden[name] or ZERO for name in of_burden)
    return Year(
        deducted={kind: sums[0] for kind, sums in by_kind.items()},
        pooled=pooled,
        stays=found["stays"],
        is_deducted=bool(found["here"]),
        large=found["hifob_pay"] or ZERO,
        serious=found["hifmi_pay"] or ZERO,
        aid=found["maf_pay"] or ZERO,
        burden=max(scope - sum(less, ZERO), ZERO),
    )


def cut_of(line: Line) -> Cut:
    return Cut(line.amount, line.own, line.over, line.first, line.in_scope)


def settled(call: Call, visit: Visit, lines: Sequence[Line], asked: Content, *, batch: str = "") -> Settlement:
    """Settle these lines: account, year and lines change with it. The effect is written by the caller."""
    benefit = worked_out(call, visit, lines, asked)
    spend(call, visit.insured, asked)
    settlement = Settlement(
        visit=visit,
        setl_id=f"?{call.nonce[-29:]}",
        msgid=call.nonce,
        infno=call.code,
        batch=batch,
        is_interim=asked.get("mid_setl_flag") == "1",
        year=now().year,
        kind=kind_of(visit.med_type),
        settled_at=now(),
        facts={name: str(asked[name]) for name in ("mdtrt_cert_type", "invono", "acct_used_flag") if name in asked},
        pool_prop_selfpay=benefit.pool_prop_selfpay,
        shares=[
            {
                "fund_pay_type": one.fund_pay_type,
                "name": one.name,
                "in_scope": str(one.in_scope),
                "left": str(one.left),
                "amount": str(one.amount),
            }
            for one in benefit.shares
        ],
        **{name: getattr(benefit, name) for name in AMOUNTS},
        balance=_charge(visit.insurance, benefit.acct_pay, benefit.acct_mulaid_pay),
    )
    settlement.save()
    settlement.setl_id = number("A", visit.insurance.insuplc_admdvs, settlement.pk, settlement.settled_at)
    settlement.save(update_fields=["setl_id"])
    Line.objects.filter(pk__in=[one.pk for one in lines]).update(settlement=settlement)
    return settlement


def number(letter: str, region: str, serial: int, at: datetime) -> str:
    """A number of the centre: letter, region (6), day (6), serial (7) (access guide, table 8)."""
    return f"{letter}{region:0>6}{at:%y%m%d}{serial % 10**7:07d}"


def _charge(insurance: Insurance, account: Decimal, family: Decimal) -> Decimal:
    """Take it from the account (negative: give it back); the new balance of the person's own."""
    insurance.balance -= account - family
    insurance.family_balance -= family
    if insurance.balance < 0 or insurance.family_balance < 0:
        raise Refuse("7310", "个人账户余额不足")
    insurance.save(update_fields=["balance", "family_balance"])
    return insurance.balance


def note(call: Call, settlement: Settlement, *, sign: int = 1, undoes: Any = None, duplicate: bool = False) -> Effect:
    """The ledger's line about a settlement, or with `sign` -1 about its end."""
    visit = settlement.visit
    return call.effect(
        settlement.setl_id,
        rows=settlement.lines.count() if sign > 0 else 0,
        undoes=undoes,
        duplicate=duplicate,
        detail={
            "psn_no": visit.insured.psn_no,
            "mdtrt_id": visit.mdtrt_id,
            "setl_id": settlement.setl_id,
            "medins_setl_id": settlement.msgid,
            "batch": settlement.batch,
        },
        **{name: sign * getattr(settlement, name) for name in TOLD},
    )


def told(request: Request[Any], visit: Visit, settlement: Settlement, **more: Any) -> Record:
    """The answer about a settlement that was made."""
    info = insured_by(visit) | _amounts(visit, settlement) | clearing_of(visit) | more.pop("setlinfo", {})
    return answer(request, setlinfo=info, setldetail=opened(settlement), **more)


def _amounts(visit: Visit, settlement: Settlement) -> Content:
    return {name: getattr(settlement, name) for name in AMOUNTS} | {
        "oth_pay": ZERO,
        "hifes_pay": ZERO,
        "hifdm_pay": ZERO,
        "pool_prop_selfpay": settlement.pool_prop_selfpay,
        "balc": settlement.balance,
        "setl_id": settlement.setl_id,
        "setl_time": settlement.settled_at,
        "medins_setl_id": settlement.msgid,
        **{name: settlement.facts[name] for name in ("mdtrt_cert_type", "invono") if name in settlement.facts},
    }


def clearing_of(visit: Visit) -> Content:
    return {
        "clr_optins": visit.insurance.insuplc_admdvs,
        "clr_way": "1",
        "clr_type": CLEARING[kind_of(visit.med_type)],
    }


def foretold(request: Request[Any], call: Call, visit: Visit, benefit: Benefit, **more: Any) -> Record:
    """The answer about a settlement that is only worked out: nothing of it is kept."""
    own = visit.insurance.balance - benefit.acct_pay + benefit.acct_mulaid_pay
    preview = Settlement(
        visit=visit,
        msgid=call.nonce,
        settled_at=now(),
        pool_prop_selfpay=benefit.pool_prop_selfpay,
        balance=own,
        shares=[
            {
                "fund_pay_type": one.fund_pay_type,
                "name": one.name,
                "in_scope": one.in_scope,
                "left": one.left,
                "amount": one.amount,
            }
            for one in benefit.shares
        ],
        **{name: getattr(benefit, name) for name in AMOUNTS},
    )
    info = insured_by(visit) | _amounts(visit, preview) | clearing_of(visit)
    info.pop("setl_id")
    return answer(request, setlinfo=info, setldetail=opened(preview), **more)


def settlement_of(visit: Visit, asked: Mapping[str, Any]) -> Settlement:
    """The live settlement of the visit that `setl_id` names; refuses every other."""
    found = Settlement.objects.select_for_update().filter(setl_id=str(asked.get("setl_id") or "")).first()
    if found is None or found.state == Settlement.State.REVERSED:
        raise Refuse("7306", f"没有结算ID为 {asked.get('setl_id') or '（空）'} 的结算")
    if found.visit.pk != visit.pk:
        raise Refuse("7309", "该结算不属于这次就诊")
    if found.state == Settlement.State.UNDONE:
        raise Refuse("7307", "该结算已经撤销")
    found.visit = visit
    return found


def taken_back(call: Call, settlement: Settlement, state: str = Settlement.State.UNDONE) -> None:
    """End a settlement: money back into the account, lines free again. The effect is written by the caller."""
    _charge(settlement.visit.insurance, -settlement.acct_pay, -settlement.acct_mulaid_pay)
    settlement.state, settlement.undone_at = state, now()
    region = settlement.visit.insurance.insuplc_admdvs
    settlement.undo_setl_id = number("T", region, settlement.pk, settlement.undone_at)
    settlement.save(update_fields=["state", "undone_at", "undo_setl_id"])
    settlement.lines.update(settlement=None)


def restored(settlement: Settlement) -> None:
    """An undoing was reversed: the settlement lives again with its lines, and is paid from the account again."""
    lines = settlement.visit.lines.filter(feedetl_sn__in=settlement.facts.get("lines", []))
    if lines.exclude(settlement=None).exists() or lines.count() != len(settlement.facts.get("lines", [])):
        raise Refuse("7606", "费用明细在撤销之后已有变动，不能冲正撤销")
    if settlement.visit.state == "undone" and settlement.visit.kind != "pharmacy":
        raise Refuse("7606", "该就诊在撤销之后已经撤销登记，不能冲正撤销")
    _charge(settlement.visit.insurance, settlement.acct_pay, settlement.acct_mulaid_pay)
    lines.update(settlement=settlement)
    settlement.state, settlement.undone_at, settlement.undo_setl_id = Settlement.State.LIVE, None, ""
    settlement.save(update_fields=["state", "undone_at", "undo_setl_id"])


def undone(request: Request[Any], call: Call, visit: Visit, settlement: Settlement) -> Record:
    """Take a settlement back with its effect; answers with negative amounts under a number of its own."""
    lines = list(settlement.lines.values_list("feedetl_sn", flat=True))
    taken_back(call, settlement)
    settlement.facts["lines"] = lines
    settlement.save(update_fields=["facts"])
    note(call, settlement, sign=-1, undoes=effects_of(call, settlement))
    info = insured_by(visit) | _amounts(visit, settlement) | clearing_of(visit)
    info |= {name: -getattr(settlement, name) for name in AMOUNTS}
    info |= {
        "setl_id": settlement.undo_setl_id,
        "setl_time": settlement.undone_at,
        "balc": visit.insurance.balance,
        "pdn_cash_pay": -settlement.psn_cash_pay,
        "setl_type": "2",
    }
    shares = [{**one, "fund_payamt": -Decimal(one["fund_payamt"])} for one in opened(settlement)]
    return answer(request, setlinfo=info, setldetail=shares)


def effects_of(call: Call, settlement: Settlement) -> Any:
    """The effect that made the settlement."""
    return Effect.objects.filter(party=call.party, nonce=settlement.msgid, business_key=settlement.setl_id)
