"""Work injury on the dashboard: what waits for somebody, before anything else."""

from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from injury.models import (
    Admission,
    AdmissionState,
    CentreTreatment,
    EpochState,
    FeeEpoch,
    FeeItem,
    FeeState,
    Material,
    MaterialState,
)
from portal.access.member import Member
from portal.gateway.journal.states import DOUBTFUL, State
from portal.web.dashboard import OpenTasks, Task

#: How long an approval that came after it was asked about is news.
NEWS = timedelta(days=30)


def admissions_open(member: Member) -> list[Task]:
    """Doubtful and refused registrations, drafts that wait."""
    assert member.institution
    mine = Admission.objects.filter(environment=member.institution.environment)
    doubtful = mine.filter(operation__state__in=DOUBTFUL).count()
    drafts = mine.filter(state=AdmissionState.DRAFT)
    refused = drafts.exclude(note="").count()
    address = reverse("injury:admission-list")
    return [
        Task("工伤就诊结果待确认", f"{address}?open=doubt", doubtful, "doubt", "系统正在核实，请不要重复办理"),
        Task("工伤入院登记被拒绝", f"{address}?open=refused", refused, "bad", "改正后重新登记"),
        Task(
            "未登记的工伤就诊草稿", f"{address}?state=draft", drafts.filter(note="").count(), "", "还没有在工伤中心登记"
        ),
    ]


def treatments_approved(member: Member) -> list[Task]:
    """Applications that were not approved when they were asked about first, are now, and admitted nobody yet."""
    assert member.institution
    mine = CentreTreatment.objects.filter(
        environment=member.institution.environment, enquiry__asked_at__gte=timezone.now() - NEWS
    )
    earlier = mine.filter(treatment_no=OuterRef("treatment_no"), enquiry__asked_at__lt=OuterRef("enquiry__asked_at"))
    used = Admission.objects.filter(treatment_no=OuterRef("treatment_no")).exclude(state=AdmissionState.UNDONE)
    news = mine.filter(Exists(earlier.exclude(state="1")), ~Exists(used), state="1", ends_on__gte=timezone.localdate())
    count = news.order_by().values("treatment_no").distinct().count()
    address = f"{reverse('injury:treatment-batch')}?state=1"
    return [Task("新审核通过的继续治疗申请", address, count, "good", "可以办理老工伤入院")]


OpenTasks("injury.admissions", "injury.admissions.view", admissions_open, 25)
OpenTasks("injury.treatments", "injury.people.find", treatments_approved, 45)


def uploads_open(member: Member) -> list[Task]:
    """Wipes that wait for a second person, uploads that a person has to end, items that cannot go."""
    assert member.institution
    here = member.institution.environment
    epochs = FeeEpoch.objects.filter(environment=here)
    stuck = epochs.filter(state__in=EpochState.stuck()).count()
    proposed = epochs.filter(state=EpochState.WIPING, wipe__state=State.DRAFT)
    may_approve = member.may("gateway.operations.approve") and member.user is not None
    own = proposed.exclude(wipe__created_by=member.user) if may_approve else proposed
    held = FeeItem.objects.filter(environment=here, state=FeeState.HELD).exclude(held_kind="").count()
    address = f"{reverse('injury:upload-list')}?open=stuck"
    return [
        Task(
            "费用作废等待复核" if may_approve else "费用上传不完整，等待复核人员决定作废",
            address,
            own.count(),
            "doubt",
            "中心只有其中一部分或有重复，作废后全部重新上传",
        ),
        Task("费用上传须人工处理", address, stuck, "bad", "中心金额与本院不符，已停止"),
        Task("暂不能上传的费用", reverse("injury:held-list"), held, "warn", "改正后上传，或写明理由不上传"),
    ]


def materials_open(member: Member) -> list[Task]:
    """Papers whose upload two people have to decide about, because no query tells it, and papers that were refused."""
    assert member.institution
    mine = Material.objects.filter(environment=member.institution.environment)
    counts = mine.aggregate(
        people=Count("pk", filter=Q(state=MaterialState.SENDING, operation__state=State.MANUAL)),
        refused=Count("pk", filter=Q(state=MaterialState.REFUSED)),
    )
    address = reverse("injury:material-list")
    return [
        Task(
            "工伤材料须两人认定",
            f"{address}?open=people",
            counts["people"],
            "doubt",
            "到经办平台核对有没有这份材料，再认定结果",
        ),
        Task("工伤材料未上传成功", f"{address}?state=refused", counts["refused"], "bad", "按说明改正后重新上传"),
    ]


OpenTasks("injury.materials", "injury.admissions.view", materials_open, 27)
OpenTasks("injury.uploads", "injury.fees.view", uploads_open, 28)
