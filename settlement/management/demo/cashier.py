"""A day at the cashier: a card is read, money comes and goes back, the window charges and takes it back."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from portal import demo
from portal.access.models.institution import Environment
from portal.demo import Failed
from portal.gateway.journal import Operation, State
from portal.gateway.journal.invariants import Truth, check_everything
from portal.gateway.models import Desk
from portal.jobs import Job
from settlement.models import (
    CardReading,
    CashierCharge,
    HealthCardAuth,
    PrepaidAccount,
    ReadingState,
    Recharge,
    Refund,
    WithdrawMode,
)
from settlement.papers import money
from settlement.rules.reading import PersonRead
from settlement.services.cards.authorising import begin_authorisation, look_again
from settlement.services.cards.reading import person_read, read_card
from settlement.services.cashier.accounts import Holder, open_account
from settlement.services.cashier.cancelling import Cancelled, cancel
from settlement.services.cashier.charging import Payer, charge
from settlement.services.cashier.checking import start_check
from settlement.services.cashier.recharging import Payment, recharge
from settlement.services.cashier.refunding import Return, refund

PAID, BACK, REST = Decimal("200.00"), Decimal("50.00"), Decimal("150.00")


@dataclass(kw_only=True)
class Walk(demo.Walk):
    """One institution at one desk; `party` is what the platform calls it."""

    party: str
    desk: Desk

    @property
    def about(self) -> str:
        return self.desk.name

    def there(self) -> dict[str, Any]:
        return self.state_of("onetrans", self.party)

    def effects(self, code: str) -> list[dict[str, Any]]:
        told = self.sandbox.truth("onetrans", self.party)["effects"]
        return [one for one in told if one["code"] == code]


def cashier(walk: Walk) -> None:
    """Read card → recharge → query → refund → unified charge → cancel, and a health card's consent."""
    person = read(walk)
    paid = pay_in(walk, person)
    asked(walk, paid)
    give_back(walk, paid)
    charged_and_cancelled(walk, person)
    granted(walk)
    compared(walk)


def read(walk: Walk) -> PersonRead:
    found = walk.sandbox.act("onetrans", "people", party=walk.party, kind="employee", limit=1)["people"][0]
    walk.sandbox.act("onetrans", "card", party=walk.party, psn_no=found["psn_no"], kind="social")
    for way in ("card", "reader"):
        with walk.tx():
            reading = read_card(way, desk=walk.desk, by=walk.clerk)
        done = walk.wait("读卡", lambda pk=reading.pk: ended_reading(pk))  # type: ignore[misc]
        with walk.tx():
            person = person_read(done)
        if person is None:
            raise Failed(f"读卡：{done.sentence}")
        said = f"{done.name_masked} {done.document_masked} 卡号 {done.card_masked}"
        walk.told("读卡", done.get_way_display(), said, "同一人" if person.document == found["certno"] else "不同")
        if person.document != found["certno"]:
            raise Failed("读到的不是读卡器上的人")
        if way == "card":
            first = person
    return first


def ended_reading(pk: Any) -> Any:
    return CardReading.objects.filter(pk=pk).exclude(state=ReadingState.ASKING).first()


def pay_in(walk: Walk, person: PersonRead) -> Recharge:
    holder = Holder("03", person.card_no, f"P{person.document[-6:]}", person.name, person.document)
    with walk.tx():
        account = open_account(holder, by=walk.clerk)
        made = recharge(account, Payment(PAID, fee_type="预交金"), desk=walk.desk, by=walk.clerk)
    done: Recharge = through(walk, made)
    walk.told("充值", "hop.trade.recharge", f"{done.number} {done.amount:,.2f} 元", f"跟踪号 {done.trace_no}")
    if done.state != "paid":
        raise Failed(f"充值：{done.shown_state}")
    keep_paper(walk, done)
    return done


def through(walk: Walk, row: Any, operation: Operation | None = None) -> Any:
    """Let it go, wait for its end, and read the row again."""
    walk.send(operation or row.operation)
    with walk.tx():
        related = [
            one.name for one in type(row)._meta.fields if one.is_relation and one.name in ("account", "recharge")
        ]
        return type(row).objects.select_related("operation", *related).get(pk=row.pk)


def asked(walk: Walk, paid: Recharge) -> None:
    with walk.tx():
        job: Job = start_check(paid.environment, timezone.localdate(), by=walk.reviewer)
    walk.finish(job)
    with walk.tx():
        told = Recharge.objects.get(pk=paid.pk).told
    walk.told("查询", "hop.trade.query", f"{paid.amount:,.2f} 元", f"{told.get('desc')} {told.get('amount')} 元")
    if told.get("standing") != "done" or Decimal(told["amount"]) != paid.amount:
        raise Failed(f"交易查询：{told}")


def give_back(walk: Walk, paid: Recharge) -> None:
    for amount, mode in ((BACK, WithdrawMode.ORIGINAL), (REST, WithdrawMode.CASH)):
        with walk.tx():
            made = refund(paid, Return(amount, mode, "hisDecide", "病人申请"), desk=walk.desk, by=walk.clerk)
        done: Refund = through(walk, made)
        there = sum(Decimal(one["amount"]) for one in walk.there()["trades"] if one["number"] == done.number)
        walk.told(
            "退款",
            f"hop.trade.refund（{done.get_mode_display()}）",
            f"{done.number} {amount:,.2f} 元",
            f"{there:,.2f} 元",
        )
        if done.state != "refunded" or there != amount:
            raise Failed(f"退款：{done.shown_state}，沙箱 {there}")
        keep_paper(walk, done)
    too_much = Return(Decimal("0.01"), WithdrawMode.CASH, "hisDecide", "多退一分")
    walk.refused("退款", "超过充值金额", lambda: refund(paid, too_much, desk=walk.desk, by=walk.clerk))


def keep_paper(walk: Walk, row: Recharge | Refund) -> None:
    with walk.tx():
        paper = money.gather(row, by=walk.clerk)
        money.recorded(row, paper, by=walk.clerk)
    walk.keep(money.file_name(paper), money.write(paper))


def charged_and_cancelled(walk: Walk, person: PersonRead) -> None:
    payer = Payer(
        "01",
        person.name,
        person.document,
        person.card_no,
        person_no=person.person_no,
        insurance=person.insurance,
        insured_at=person.insurances[0].insured_at,
    )
    with walk.tx():
        made = charge(payer, desk=walk.desk, by=walk.clerk)
    done: CashierCharge = through(walk, made)
    if done.state != "charged" or not done.orders:
        raise Failed(f"统一收费：{done.shown_state}")
    walk.told("统一收费", "fsi.outpatient.charge", done.number, f"订单 {done.orders[0]}")
    wanted = Cancelled(done.mdtrt_id or f"V{done.orders[0]}", done.orders[0], "演示撤销")
    with walk.tx():
        operation = cancel(done, wanted, desk=walk.desk, by=walk.clerk)
    gone: CashierCharge = through(walk, done, operation)
    told = (("总额", gone.total), ("基金", gone.fund), ("账户", gone.account), ("现金", gone.cash))
    amounts = " ".join(f"{label} {one or 0:,.2f}" for label, one in told)
    walk.told("撤销", "chs.common.outpatient.settle.cancel", amounts, gone.get_state_display())
    if gone.state != "cancelled":
        raise Failed(f"撤销：{gone.shown_state}")


def granted(walk: Walk) -> None:
    with walk.tx():
        found = begin_authorisation("0101051", desk=walk.desk, by=walk.clerk)
    walk.wait("授权二维码", lambda: code_of(found.pk))
    asked_for = {"party": walk.party, "out_authorize_no": found.number, "status": "succ"}
    walk.sandbox.act("onetrans", "authorize", **asked_for)
    done = walk.wait("授权结果", lambda: grant_of(walk, found.pk))
    walk.told("电子健康卡", "ehc.ehealthcard.auth.query", f"{done.get_state_display()} {done.name_masked}", "succ")


def code_of(pk: Any) -> Any:
    return HealthCardAuth.objects.filter(pk=pk, state="waiting").first()


def grant_of(walk: Walk, pk: Any) -> Any:
    found = HealthCardAuth.objects.get(pk=pk)
    look_again(found, by=walk.clerk)
    return found if found.state == "granted" else None


def compared(walk: Walk) -> None:
    """Every effect has its operation, every done operation its effect, the account is empty on both sides."""
    told = walk.sandbox.truth("onetrans")
    truth = Truth("onetrans", Environment.TEST.value, tuple(told["effects"]), told["state"])
    if broken := check_everything([truth]):
        raise Failed(f"与沙箱不一致：{'；'.join(str(one) for one in broken[:3])}")
    with walk.tx():
        done = Operation.objects.filter(gateway="onetrans", state=State.DONE).count()
        account = PrepaidAccount.objects.order_by("-created_at").first()
        ours = sum((one.refundable for one in Recharge.objects.filter(account=account)), Decimal("0.00"))
    theirs = len([one for one in told["effects"] if one["party"] == walk.party])
    left = sum((Decimal(one) for one in walk.there()["accounts"].values()), Decimal("0.00"))
    walk.told("台账", "操作与沙箱逐笔比较", f"{done:,} 笔", f"{theirs:,} 笔")
    walk.same("台账", "账户余额", (1, ours), (1, left))
