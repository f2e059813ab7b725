"""A small business of the tests: it verifies rows at the sandbox and remembers what it was told."""

from typing import Any

from clearing.messages import QueryClearing, VerifyClearing
from portal.gateway.journal.handlers import Applied, Ask, Handler, NotApplied, StillUnknown, Verdict
from portal.gateway.journal.models import Operation

YEAR, INSURANCE = "2025", "001"
VERIFIED = "001"
PAGE = 100


class Verified(Handler):
    """What a business would do, in a few lines; it remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.breaks = False
        self.verdict: Verdict | None = None

    def applied(self, operation: Operation, reply: Any) -> None:
        if self.breaks:
            raise ValueError("the business has a defect")
        self.told.append(("applied", operation.business_key))

    def rejected(self, operation: Operation) -> None:
        self.told.append(("rejected", operation.business_key))

    def withdrawn(self, operation: Operation) -> None:
        self.told.append(("withdrawn", operation.business_key))

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        if self.verdict is not None:
            return self.verdict
        row = state_of(ask, operation.business_key)
        if row is None:
            return StillUnknown("查询中没有这条数据")
        if row.hdzt00 == VERIFIED:
            reply = VerifyClearing.reply().model_validate({"count": 1, "row_ids": [operation.business_key]})
            return Applied(reply, f"查询到 {operation.business_key} 已核对")
        return NotApplied(f"查询到 {operation.business_key} 未核对")


def state_of(ask: Ask, row_id: str) -> Any:
    page = 1
    while True:
        answer = ask(QueryClearing(year=YEAR, aka080=INSURANCE, page=page, size=PAGE))
        for row in answer.rows:
            if row.row_id == row_id:
                return row
        if page * PAGE >= answer.total:
            return None
        page += 1
