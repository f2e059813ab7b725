"""Settlement on the dashboard: what waits for somebody while a patient may be standing at the desk."""

from django.db.models import Q
from django.urls import reverse

from portal.access.member import Member
from portal.gateway.journal.states import DOUBTFUL
from portal.web.dashboard import OpenTasks, Task
from settlement.models import Settlement, SettlementState


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
