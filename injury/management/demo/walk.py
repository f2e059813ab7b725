"""What every flow needs: enquiries, uploads and operations to wait for, people and items of the sandbox's city."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from injury.models import Admission, Enquiry, EpochState, FeeEpoch, FeeItem, FeeState
from injury.services.standing import fee_standing
from portal import demo
from portal.demo import Failed
from portal.gateway.journal import Operation, State
from portal.gateway.journal.models import Attempt


@dataclass(kw_only=True)
class Walk(demo.Walk):
    """One institution at the work-injury centre; `label` is the flow, `number` the stay that lines are about."""

    app_code: str
    label: str = ""
    number: str = ""
    taken: set[str] = field(default_factory=set)

    @property
    def about(self) -> str:
        return self.number

    # --- the city

    def person(self, fit: str) -> dict[str, Any]:
        """Somebody whom the centre would admit for this, and whom no flow has had yet."""
        told = self.sandbox.act("injury", "people", party=self.app_code, fit=fit, free=True)
        found = next((one for one in told["people"] if one["aac001"] not in self.taken), None)
        if found is None:
            raise Failed(f"沙箱没有可办理“{fit}”的人员")
        self.taken.add(found["aac001"])
        return dict(found)

    def items(self, kind: str, count: int) -> list[dict[str, Any]]:
        """Valid items of the centre's catalogue."""
        told = self.sandbox.act("injury", "catalogue", party=self.app_code, kind=kind, valid=True)
        return [one for one in told["items"] if one["aka065"] in "12"][:count]

    # --- waiting

    def answered(self, enquiry: Enquiry) -> Enquiry:
        """The enquiry with its answer; Failed with the centre's words when there is none."""
        done = self.wait(enquiry.title, lambda: Enquiry.objects.filter(pk=enquiry.pk).exclude(state="asking").first())
        if not done.is_answered:
            raise Failed(f"{enquiry.title}：{done.sentence}")
        return done

    def uploaded(self, admission: Admission) -> FeeEpoch:
        """Until the upload is complete and the centre's sums are ours; Failed with its note when it gets stuck."""
        return self.wait(f"上传费用 {admission.number}", lambda: self.epoch_at_rest(admission))

    def epoch_at_rest(self, admission: Admission) -> FeeEpoch | None:
        epoch = FeeEpoch.objects.filter(admission=admission).exclude(state=EpochState.WIPED).order_by("-n").first()
        if epoch is None or epoch.is_moving:
            return None
        if epoch.is_stuck:
            raise Failed(f"上传费用 {admission.number}：{epoch.get_state_display()}，{epoch.note}")
        return epoch

    # --- the truth

    def stay(self, number: str) -> dict[str, Any]:
        """What the centre holds of this admission."""
        found = self.state_of("injury", self.app_code)["admissions"].get(number)
        if found is None:
            raise Failed(f"沙箱没有就诊 {number}")
        return dict(found)

    def operation_of(self, admission: Admission) -> str:
        """The short id of the operation that was about this admission last."""
        newest = Operation.objects.filter(gateway="injury", business_key__startswith=admission.number)
        found = newest.order_by("-created_at").first()
        return str(found.pk)[-8:] if found else "—"

    def compare_fees(self, chapter: str, step: str, admission: Admission) -> None:
        """Lay every line and the sum beside the centre's; exact to the cent."""
        with self.tx():
            standing = fee_standing(admission)
            rows = FeeItem.objects.filter(admission=admission, state=FeeState.UPLOADED)
            facts = rows.values_list("prescription", "own_code", "quantity", "amount")
            ours: Counter[tuple[str, ...]] = Counter(
                (cf, own, f"{n:.4f}", f"{amount:.4f}") for cf, own, n, amount in facts
            )
            operation = self.operation_of(admission)
        there = self.stay(admission.number)
        lines = ((*key[:2], *(f"{Decimal(one):.4f}" for one in key[2:]), times) for *key, times in there["lines"])
        theirs: Counter[tuple[str, ...]] = Counter()
        for *key, times in lines:
            theirs[tuple(key)] += times
        mine, yours = (standing.uploaded, standing.ours), (there["count"], Decimal(there["total"]))
        self.same(chapter, f"{step}〔{operation}〕", mine, yours)
        if ours != theirs:
            raise Failed(f"{step}：逐条不一致，门户多 {ours - theirs}，沙箱多 {theirs - ours}")

    def compare_journal(self) -> tuple[int, int]:
        """Every effect has its attempt that succeeded, and every operation that is done its effect; counts of both."""
        effects = self.sandbox.truth("injury", self.app_code)["effects"]
        if any(one["duplicate"] for one in effects):
            raise Failed("沙箱有重复的业务")
        with self.tx():
            done = Operation.objects.filter(gateway="injury", state=State.DONE).values_list("pk", flat=True)
            attempts = Attempt.objects.filter(operation__in=list(done), outcome="ok")
            messages = dict(attempts.values_list("msgid", "operation"))
        known = {one["nonce"] for one in effects}
        if lost := set(messages) - known:
            raise Failed(f"沙箱缺少 {len(lost)} 笔业务：{sorted(lost)[:3]}")
        if more := known - set(messages):
            raise Failed(f"门户缺少 {len(more)} 笔业务：{sorted(more)[:3]}")
        return len(messages), len(effects)

    @property
    def today(self) -> Any:
        return timezone.localdate()
