"""Settlement on the dashboard: what waits for somebody while a patient may be standing at the desk."""

from django.db.models import Q
from django.urls import reverse

from portal.access.member import Member
from portal.gateway.journal.states import DOUBTFUL
from portal.web.dashboard import OpenTasks, Task, Tone
from settlement.models import CashierCharge, Recharge, Refund, RefundState, Settlement, SettlementState, UploadState
from settlement.services.uploads.overview import open_counts


def settlements_open(member: Member) -> list[Task]:
    """Doubtful settlements, those whose amounts do not add up, previews that nobody confirmed."""
    assert member.institution
    mine = Settlement.objects.filter(environment=member.institution.environment)
    doubt = Q(state=SettlementState.SETTLING, operation__state__in=DOUBTFUL)
    doubt |= Q(state=SettlementState.UNDOING, undone_by__state__in=DOUBTFUL)
    address = reverse("settlement:settlement-list")
    broken = mine.filter(state=SettlementState.BROKEN).count()
    hint = (
        "核对后认可，才能收款和打印" if member.may("settlement.settlements.accept") else "等待复核人员认可，先不要收款"
    )
    return [
        Task(
            "结算结果待确认", f"{address}?open=doubt", mine.filter(doubt).count(), "doubt", "先不要收现金，不要重新结算"
        ),
        Task("结算金额不符", f"{address}?open=broken", broken, "bad", hint),
    ]


OpenTasks("settlement.settlements", "settlement.visits.view", settlements_open, 22)


def uploads_open(member: Member) -> list[Task]:
    """Collected records that a person has to mend, was refused with, or has to wait for."""
    assert member.institution
    counts = open_counts(member.institution.environment).values()
    address = reverse("settlement:upload-records")

    def task(label: str, state: str, tone: Tone, hint: str) -> Task:
        return Task(label, f"{address}?state={state}", sum(one[state] for one in counts), tone, hint)

    return [
        task("采集记录内容有误", UploadState.BLOCKED, "bad", "改正后才能上传"),
        task("采集记录被中心拒绝", UploadState.REFUSED, "bad", "按中心的说明改正，或重新上传"),
        task("采集上传结果待确认", UploadState.DOUBTFUL, "doubt", "系统正在核实，不会重复上传"),
    ]


OpenTasks("settlement.uploads", "settlement.uploads.view", uploads_open, 42)


def cashier_open(member: Member) -> list[Task]:
    """Money through a desk whose answer is missing, refunds that came to nothing or to something else."""
    assert member.institution
    here = {"environment": member.institution.environment}
    doubt = {**here, "operation__state__in": DOUBTFUL}
    wait = "系统按原单号向平台查询，不要另开新单"
    backs, odd = reverse("settlement:refund-list"), RefundState.ODD
    charges = CashierCharge.objects.filter(**here)
    doubtful = charges.filter(Q(operation__state__in=DOUBTFUL) | Q(cancelled_by__state__in=DOUBTFUL)).count()
    return [
        Task(
            "充值结果待确认",
            f"{reverse('settlement:recharge-list')}?open=doubt",
            Recharge.objects.filter(**doubt).count(),
            "doubt",
            wait,
        ),
        Task("退款结果待确认", f"{backs}?open=doubt", Refund.objects.filter(**doubt).count(), "doubt", wait),
        Task("收费台结果待确认", f"{reverse('settlement:charge-list')}?open=doubt", doubtful, "doubt", "不要重新收费"),
        Task(
            "退款金额不符",
            f"{backs}?state={odd}",
            Refund.objects.filter(**here, state=odd).count(),
            "bad",
            "与平台核对",
        ),
    ]


OpenTasks("settlement.cashier", "settlement.cashier.view", cashier_open, 24)
