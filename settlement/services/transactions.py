"""A changing transaction by its number: those that no flow of the portal carries, also of tables that somebody added.

The declaration judges the content, the journal sends it once. Nobody here knows what would prove its effect, so two
people decide a doubt.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.transaction import atomic
from pydantic import ValidationError

from portal.access.member import Member
from portal.audit import record
from portal.gateway.environments.standstill import environment_for
from portal.gateway.journal import Ask, Handler, Operation, State, StillUnknown, Verdict, operations_about, otherwise
from portal.gateway.journal.handlers import is_handled
from portal.gateway.messages import faults
from portal.gateway.national import NATIONAL, compose, current_edition, transaction
from settlement.actions import TRANSACTION_SENT
from settlement.rules.numbers_owned import owner_of
from settlement.services.refusals import Refused
from settlement.services.steps import needs_second, opened


@atomic
def send_transaction(
    number: str, content: Mapping[str, Any], *, about: str, by: Member, insured_at: str = ""
) -> Operation:
    """Send it; with four eyes a reviewer lets it go. `about` is the caller's own number of the business,
    which is done once.

    Raises Refused for a number that a flow, a query or the wire itself carries, with every item that the table refuses
    (by its name), and when this business was done before or is under way.
    """
    environment = environment_for(by)
    edition = current_edition(environment)
    if not edition.has(number):
        raise Refused(f"没有交易 {number}，或没有它的字段表", field="number")
    if is_handled(NATIONAL.name, number) or owner_of(number):
        raise Refused(f"交易 {number} 由业务流程办理：请使用 {owner_of(number) or '对应的业务接口'}", field="number")
    kind = transaction(number, edition)
    if kind.safe:
        raise Refused(f"交易 {number} 只查询：请使用 POST /api/v1/settlement/queries", field="number")
    subject = f"transaction:{number}/{about}"
    earlier = operations_about(subject).filter(environment=environment)
    if earlier.filter(state=State.DONE).exists():
        raise Refused(f"{about} 已办理过交易 {number}，没有重复提交")
    try:
        request = compose(number, content, edition=edition, insured_at=insured_at)
    except ValidationError as error:
        wrong = [(".".join(map(str, one.path)), f"{one.label}：{one.sentence}") for one in faults(error, kind)]
        raise Refused.of([(f"content.{name}" if name else "content", said) for name, said in wrong]) from None
    operation = opened(
        request, key=about, by=by, title=f"{kind.title}：{about}", needs_second=needs_second(by), subject=subject
    )
    record(TRANSACTION_SENT, operation, by=by, number=number, what=kind.title, about=about)
    return operation


@otherwise(NATIONAL)
class Carried(Handler):
    """No flow follows: the journal keeps what was sent, what was answered and how it ended."""

    four_eyes = True
    consequence = "复核通过后立即发送到医保中心；门户没有这个交易的业务流程，结果只在接口业务中"

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        return StillUnknown("没有可用于核实这个交易的查询，请向医保中心查明后由两人认定", for_people=True)
