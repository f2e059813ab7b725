"""The same business of the window once more while the first is under way: a program that lost its answer asks again.

Programs only: a person sees in the list what is under way. Another number of the hospital's own (HIS流水号) is another
business. Each function locks what the two calls have in common, so that of two at once one is refused.
"""

from __future__ import annotations

from django.db.models import QuerySet

from portal.access.member import Member
from portal.gateway.environments.standstill import environment_for
from portal.gateway.journal.states import LIVE
from portal.gateway.models import Desk
from portal.vault.masks import mask_identity
from settlement.models import CashierCharge, PrepaidAccount, Recharge, Refund
from settlement.services.cashier.charging import Payer
from settlement.services.cashier.refunding import locked
from settlement.services.refusals import Refused

ANOTHER = "另一笔业务请填写不同的 HIS流水号"


def refuse_second_recharge(account: PrepaidAccount, his_order_no: str) -> None:
    """Raises Refused, naming the operation, while money is paid into this account under the same number."""
    PrepaidAccount.objects.select_for_update().get(pk=account.pk)
    _refuse(Recharge.objects.filter(account=account, his_order_no=his_order_no), f"这张卡正在充值，{ANOTHER}")


def refuse_second_refund(source: Recharge, his_order_no: str) -> None:
    """The same for money that goes back out of this recharge."""
    rows = Refund.objects.filter(recharge=locked(source), his_order_no=his_order_no)
    _refuse(rows, f"这笔充值正在退款，{ANOTHER}")


def refuse_second_charge(payer: Payer, *, desk: Desk, by: Member) -> None:
    """The same while the window charges this patient."""
    Desk.objects.select_for_update().get(pk=desk.pk)
    alike = {"card_masked": mask_identity(payer.card_no), "document_masked": mask_identity(payer.document)}
    rows = CashierCharge.objects.filter(environment=environment_for(by), operation__state__in=LIVE, **alike)
    same = [row.pk for row in rows if _names(row) == (payer.document, payer.card_no)]
    _refuse(CashierCharge.objects.filter(pk__in=same), "这位病人正在收费，有结果后再收费")


def _names(row: CashierCharge) -> tuple[str, str]:
    said = row.content.reveal()
    return str(said.get("certno") or ""), str(said.get("cardno") or "")


def _refuse(rows: QuerySet[Recharge] | QuerySet[Refund] | QuerySet[CashierCharge], sentence: str) -> None:
    live = rows.filter(operation__state__in=LIVE).values_list("operation_id", flat=True).first()
    if live is not None:
        raise Refused(sentence).behind(live)
