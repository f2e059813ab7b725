"""What the end of a filing or of its withdrawal means, and what proves a doubtful one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from django.utils import timezone

from portal.access.door import tenant_tx
from portal.audit import record
from portal.gateway.journal import Applied, Ask, Handler, NotApplied, Operation, StillUnknown, Verdict, outcome
from portal.gateway.journal.handlers import class_of
from portal.gateway.messages import Record
from portal.gateway.national import NATIONAL, transaction
from settlement.actions import NOT_FILED, UNFILED
from settlement.models import Filing, FilingState
from settlement.services.filings.kinds import KINDS
from settlement.services.filings.looking import shown_at_centre
from settlement.services.filings.submitting import became, locked
from settlement.services.settling.answers import plain, text

NOBODY = "没有对应的备案记录，须人工处理"


def provincial(number: str) -> Any:
    """Stands for a number without a base table: handlers are found by gateway and number, whatever the edition."""
    return cast(Any, SimpleNamespace(__name__=number, safe=False, gateway=NATIONAL, code=number))


def moved_filing(operation: Operation) -> Filing | None:
    """The filing that this operation moves, locked."""
    found = Filing.objects.filter(operation=operation).first()
    return locked(found) if found else None


def read_filing(operation: Operation) -> Filing | None:
    with tenant_tx(operation.institution_pk):
        return Filing.objects.filter(operation=operation).first()


@outcome(*(transaction(number) for number in ("2501", "2501A", "2503", "2505")), provincial("Z1101"))
class Submitting(Handler):
    """The centre has the filing, or it has not."""

    consequence = "发送后医保中心受理备案，等待审核"

    def applied(self, operation: Operation, reply: Record | None) -> None:
        filing = moved_filing(operation)
        if filing is None:
            return
        number = text(plain(reply).get("result") or {}, "trt_dcla_detl_sn")[:30]
        note = "" if number else "医保中心已受理，但没有读到待遇申报明细流水号；撤销须在医保中心办理"
        became(filing, FilingState.SUBMITTED, None, note=note, number=number, filed_at=timezone.now())

    def rejected(self, operation: Operation) -> None:
        filing = moved_filing(operation)
        if filing is not None:
            became(filing, FilingState.REFUSED, None, note=f"没有受理：{operation.message}")
            record(NOT_FILED, filing, by=None, what=filing.get_kind_display(), reason=operation.message or "未说明")

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        filing = read_filing(operation)
        if filing is None:
            return StillUnknown(NOBODY, for_people=True)
        how, row = KINDS[filing.kind], shown_at_centre(filing, ask)
        if row is not None:
            known = {"trt_dcla_detl_sn": text(row, "trt_dcla_detl_sn") or None}
            reply = class_of(operation).reply().model_validate({"result": known} if any(known.values()) else {})
            return Applied(reply, f"医保中心（{how.query}）有这项备案")
        if how.lists_pending:
            return NotApplied(f"医保中心（{how.query}）没有这项备案")
        return StillUnknown(f"医保中心（{how.query}）只列出审核通过的备案，其中没有这一项，不能证明没有申报")


@outcome(*(transaction(number) for number in ("2502", "2504", "2506")), provincial("Z1102"))
class Withdrawing(Handler):
    """The centre has taken it back, or it stands."""

    four_eyes = True
    labels = {"reason": "撤销原因"}
    consequence = "复核通过后立即在医保中心撤销备案，病人不再按备案享受待遇"

    def approvable(self, operation: Operation) -> str:
        filing = Filing.objects.filter(operation=operation).first()
        return "" if filing and filing.state == FilingState.WITHDRAWING else "这项备案已有变动"

    def applied(self, operation: Operation, reply: Record | None) -> None:
        filing = moved_filing(operation)
        if filing is not None:
            became(filing, FilingState.WITHDRAWN, None, withdrawn_at=timezone.now())
            record(UNFILED, filing, by=None, what=filing.get_kind_display(), number=filing.number)

    def rejected(self, operation: Operation) -> None:
        filing = moved_filing(operation)
        if filing is not None:
            state = FilingState.CONFIRMED if filing.confirmed_at else FilingState.SUBMITTED
            became(filing, state, None, note=f"没有撤销：{operation.message}")

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        filing = read_filing(operation)
        if filing is None:
            return StillUnknown(NOBODY, for_people=True)
        how, row = KINDS[filing.kind], shown_at_centre(filing, ask)
        if row is not None:
            return NotApplied(f"医保中心（{how.query}）仍有这项备案")
        if how.lists_pending:
            return Applied(None, f"医保中心（{how.query}）已没有这项备案")
        return StillUnknown(f"医保中心（{how.query}）只列出审核通过的备案，不能证明这一项已经撤销")
