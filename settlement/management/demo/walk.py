"""What every flow needs: people and items of the sandbox, previews, settlements and operations to wait for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from portal import demo
from portal.access.models.institution import Environment
from portal.demo import Failed
from portal.gateway.journal import Operation, State
from portal.gateway.journal.invariants import Truth, check_everything
from portal.gateway.journal.models import Attempt
from settlement.models import Bill, Identification, IdentificationState, Settlement, SettlementState, Visit
from settlement.rules.identity import Way, shown
from settlement.services.identity import identify, patient_of
from settlement.services.lines import LineGiven
from settlement.services.settling.previews import ask_preview
from settlement.services.settling.settle import settle
from settlement.services.settling.undoing import undo
from settlement.services.visits import Patient

#: What the sandbox tells of itself that must be as before when everything is taken back.
RESTORED = ("balances", "cumulated", "settled", "visits")
#: Yuan that a person should have on the account.
ENOUGH = "300"


@dataclass(kw_only=True)
class Walk(demo.Walk):
    """One institution at the national interface; `label` is the flow, `number` the visit that lines are about."""

    app_code: str
    label: str = ""
    number: str = ""
    taken: set[str] = field(default_factory=set)

    @property
    def about(self) -> str:
        return self.number

    # --- people and items

    def person(self, kind: str = "employee") -> dict[str, Any]:
        """Somebody insured without visits whom no flow has had yet."""
        asked = {"party": self.app_code, "kind": kind, "free": True, "at_least": ENOUGH}
        told = self.sandbox.act("national", "people", **asked)
        found = next((one for one in told["people"] if one["psn_no"] not in self.taken), None)
        if found is None:
            raise Failed(f"沙箱没有可就诊的“{kind}”人员")
        self.taken.add(found["psn_no"])
        return dict(found)

    def identified(self, way: Way, **given: str) -> Identification:
        """1101 and 2001, asked by the worker."""
        with self.tx():
            found = identify(shown(way, given, timezone.localdate()), by=self.clerk, way=way)
        answered = self.wait("识别身份", lambda: self._answered(found))
        if answered.state != IdentificationState.KNOWN:
            raise Failed(f"识别身份：{answered.sentence}")
        return answered

    def _answered(self, found: Identification) -> Identification | None:
        return Identification.objects.filter(pk=found.pk).exclude(state=IdentificationState.ASKING).first()

    def patient(self, kind: str = "employee") -> Patient:
        """Somebody who shows the identity card."""
        person = self.person(kind)
        found = self.identified(Way.IDENTITY, identity=str(person["certno"]))
        with self.tx():
            made = patient_of(found)
        self.told(self.label, "识别身份（1101、2001）", f"{made.insurance} 余额 {self.balance(made):,.2f}")
        return made

    def voucher(self, person_no: str) -> str:
        """A fresh code of the person's e-voucher."""
        told = self.sandbox.act("national", "vouchers", party=self.app_code, psn_no=person_no, count=1)
        return str(told["codes"][0])

    def balance(self, patient: Patient) -> Decimal:
        """What the sandbox has on the person's account."""
        told = self.sandbox.act("national", "people", party=self.app_code, psn_no=patient.person_no)
        insurances = told["people"][0]["insurances"]
        return next(Decimal(one["balance"]) for one in insurances if one["insutype"] == patient.insurance)

    def charges(self, *rows: tuple[str, str, str]) -> list[LineGiven]:
        """Fee lines by code, price and quantity."""
        return [
            LineGiven(
                own_code=f"BY{code}",
                own_name=f"本院项目{code}",
                item_code=code,
                price=Decimal(price),
                quantity=Decimal(quantity),
            )
            for code, price, quantity in rows
        ]

    # --- steps

    def step(self, chapter: str, act: Callable[[], Operation | None], ours: Callable[[], str]) -> None:
        """Take a step that goes to the centre, wait for its end, and say where that leaves us."""
        with self.tx():
            operation = act()
        if operation is None:
            raise Failed(f"{chapter}：没有要发送的内容")
        self.send(operation)
        with self.tx():
            said = ours()
        self.told(self.label, f"{chapter}〔{short(operation)}〕", said)

    def paid(self, visit: Visit, bill: Bill | None = None, *, certificate: Any = None, **more: Any) -> Settlement:
        """Work it out, show it, settle it; amounts are compared with what was shown and with the sandbox's."""
        with self.tx():
            current = Bill.objects.select_related("visit").get(pk=bill.pk) if bill else None
            asked = ask_preview(self.now(visit), current, by=self.clerk, **more)
        found = self.wait(f"预结算 {asked.number}", lambda: self._worked_out(asked))
        if found.state != SettlementState.PREVIEW:
            raise Failed(f"预结算 {asked.number}：{found.note}")
        before = amounts(found)
        with self.tx():
            operation = settle(found, by=self.clerk, certificate=certificate)
        self.send(operation)
        with self.tx():
            done = Settlement.objects.select_related("visit", "bill").get(pk=asked.pk)
        if done.state != SettlementState.DONE or amounts(done) != before:
            raise Failed(f"结算 {done.number}：{done.get_state_display()}，预结算 {before}，结算 {amounts(done)}")
        what = "中途结算" if done.is_interim else "结算"
        there = self.there(done)
        self.told(self.label, f"{what}（{done.transaction}）〔{short(operation)}〕", said(amounts(done)), said(there))
        if there != amounts(done):
            raise Failed(f"结算 {done.number}：门户 {amounts(done)}，沙箱 {there}")
        return done

    def _worked_out(self, settlement: Settlement) -> Settlement | None:
        return Settlement.objects.filter(pk=settlement.pk).exclude(state=SettlementState.ASKING).first()

    def there(self, settlement: Settlement) -> tuple[Decimal, ...]:
        """The sandbox's amounts of this settlement."""
        one = self.state_of("national", self.app_code)["settlements"].get(settlement.setl_id)
        if one is None:
            raise Failed(f"沙箱没有结算 {settlement.setl_id}")
        return tuple(Decimal(one[name]) for name in ("medfee_sumamt", "fund_pay_sumamt", "acct_pay", "psn_cash_pay"))

    def taken_back(self, settlement: Settlement) -> None:
        """The settlement is undone by two people."""
        with self.tx():
            one = Settlement.objects.select_related("visit", "bill").get(pk=settlement.pk)
            operation = undo(one, by=self.clerk)
        self.send(operation)
        with self.tx():
            gone = Settlement.objects.get(pk=settlement.pk)
        said_ = f"退回账户 {gone.account or 0:,.2f} 现金 {gone.cash or 0:,.2f}"
        self.told(self.label, f"撤销结算（{operation.kind}）〔{short(operation)}〕", said_)
        if gone.state != SettlementState.UNDONE:
            raise Failed(f"撤销结算 {gone.number}：{gone.shown_state}")

    def now(self, visit: Visit) -> Visit:
        """The visit as it is; inside the door."""
        return Visit.objects.select_related("operation").get(pk=visit.pk)

    def state_now(self, visit: Visit) -> str:
        return str(self.now(visit).get_state_display())

    # --- the truth

    def scene(self) -> dict[str, Any]:
        """What the sandbox has of balances, sums of the year, settlements and visits."""
        told = self.state_of("national", self.app_code)
        return {name: told[name] for name in RESTORED}

    def as_before(self, before: dict[str, Any], step: str) -> None:
        """Everything at the centre is as it was; Failed naming what is not."""
        after = self.scene()
        differing = [name for name in RESTORED if after[name] != before[name]]
        accounts = sum(len(one) for one in after["balances"].values())
        self.told(self.label, step, f"{accounts} 个账户余额如初", "如初" if not differing else "、".join(differing))
        if differing:
            raise Failed(f"{step}：{'、'.join(differing)} 与开始时不同")

    def compare_journal(self) -> tuple[int, int]:
        """Every effect has its operation here, and every operation that is done its effect; counts of both."""
        told = self.sandbox.truth("national")
        truth = Truth("national", Environment.TEST.value, tuple(told["effects"]), told["state"])
        if broken := check_everything([truth]):
            raise Failed(f"与沙箱不一致：{'；'.join(str(one) for one in broken[:3])}")
        mine = [one for one in told["effects"] if one["party"] == self.app_code]
        with self.tx():
            done = Operation.objects.filter(gateway="national", state__in=[State.DONE, State.REVERSED])
            sent = Attempt.objects.filter(operation__in=list(done.values_list("pk", flat=True)), outcome="ok")
            known = set(sent.values_list("msgid", flat=True))
        if lost := known - {one["nonce"] for one in mine}:
            raise Failed(f"沙箱缺少 {len(lost)} 笔业务：{sorted(lost)[:3]}")
        return len(known), len(mine)


def short(operation: Operation) -> str:
    return str(operation.pk)[-8:]


def amounts(settlement: Settlement) -> tuple[Decimal, ...]:
    """Total, fund, account, cash."""
    found = (settlement.total, settlement.fund, settlement.account, settlement.cash)
    return tuple(one or Decimal("0.00") for one in found)


def said(found: tuple[Decimal, ...]) -> str:
    labels = ("总额", "基金", "账户", "现金")
    return " ".join(f"{label} {one:,.2f}" for label, one in zip(labels, found, strict=True))
