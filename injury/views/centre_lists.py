"""The centre's lists as pages: ask, then filter, add up and export what the last answer brought (4.5, 4.7, 4.15)."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from injury.models import CentreReport, CentreTreatment, Enquiry, UploadedPerson
from portal.access.member import Member
from portal.codes import code_list
from portal.web.tables import Column, ListFilter, ListPage, QuickSearch, choose
from portal.web.tables.columns import Tone

APPROVALS: dict[Any, Tone] = {"审核通过": "good", "审核不通过": "bad", "未审核": "warn", "单位审批完毕": "warn"}
DIFFERING = [("yes", "有差异"), ("no", "一致")]


class AnswerList(ListPage):
    """The rows of one enquiry: the one named in the address (`enquiry`), else the newest of its kind."""

    kind: ClassVar[str] = ""
    model: ClassVar[Any] = None
    template = "injury/centre_list.html"

    def __init__(self, member: Member, params: QueryDict) -> None:
        super().__init__(member, params)
        self.enquiry = self._enquiry()

    def _enquiry(self) -> Enquiry | None:
        assert self.member.institution
        mine = Enquiry.objects.filter(environment=self.member.institution.environment, kind=self.kind, about="")
        try:
            named = UUID(self.params.get("enquiry", ""))
        except ValueError:
            return mine.order_by("-asked_at", "-id").first()
        return mine.filter(pk=named).first()

    @property
    def view_fields(self) -> list[tuple[str, str]]:
        return self.kept_fields("sort", "columns", "view", "enquiry")

    def rows(self) -> QuerySet[Any]:
        found: QuerySet[Any] = self.model.objects.filter(enquiry=self.enquiry)
        return found


def row_url(kind: str) -> Any:
    """The page of a row, with everything that the centre said."""
    return lambda row: reverse("injury:centre-row", args=[kind, row.pk])


def _labelled(name: str, field: str) -> Any:
    return lambda row: code_list(f"injury.{name}").label(getattr(row, field)) if getattr(row, field) else ""


class TreatmentFilter(ListFilter):
    state = choose("审批标志", lambda: code_list("injury.akc175").choices())
    kind = choose("治疗类别", lambda: code_list("injury.ale021").choices())
    q = QuickSearch(("treatment_no", "申请编号"), ("injury_no", "认定书号"), ("person_no", "个人编号"))

    class Meta:
        model = CentreTreatment
        fields: list[str] = []


class TreatmentList(AnswerList):
    """Applications for continued treatment (4.5)."""

    name = "injury.treatments"
    title = "继续治疗申请"
    kind = "getCureBatch"
    model = CentreTreatment
    columns = (
        Column("treatment_no", "申请编号", "id", link=row_url("treatment")),
        Column("state", "审批", "state", value=lambda row: row.state_label, sort="state", tones=APPROVALS),
        Column("name_masked", "姓名", width=10),
        Column("identity_masked", "身份证号", "id"),
        Column("injury_no", "认定书号", "id"),
        Column("applied_on", "申请日期", "date"),
        Column("approved_on", "审批日期", "date"),
        Column("starts_on", "有效期起", "date"),
        Column("ends_on", "有效期止", "date"),
        Column("way", "方式", value=_labelled("jxzl", "way"), sort="way", width=8),
        Column("kind", "类别", value=_labelled("ale021", "kind"), sort="kind", width=12),
        Column("doctor", "主治医生", width=10, shown=False),
        Column("diagnosis", "医生诊断意见", width=40, shown=False),
        Column("employer_opinion", "单位意见", width=30, shown=False),
        Column("agency_opinion", "经办机构意见", width=30, shown=False),
        Column("project", "申请项目", width=30, shown=False),
        Column("person_no", "个人编号", "id", shown=False),
    )
    filterset = TreatmentFilter
    default_sort = "-applied_on"
    empty = "没有继续治疗申请"
    empty_hint = "按上面的条件向工伤中心查询；不填条件为本月"


class ReportFilter(ListFilter):
    step = choose("认定流程", lambda: code_list("injury.clc004").choices())
    recognised = choose("认定标识", lambda: code_list("injury.alc029").choices())
    q = QuickSearch(("injury_no", "认定书号"), ("person_no", "个人编号"), ("employer_no", "单位编号"))

    class Meta:
        model = CentreReport
        fields: list[str] = []


class ReportList(AnswerList):
    """Accident reports (4.7)."""

    name = "injury.reports"
    title = "工伤事故备案"
    kind = "getReportBatch"
    model = CentreReport
    columns = (
        Column("name_masked", "姓名", width=10, link=row_url("report")),
        Column("identity_masked", "身份证号", "id"),
        Column("person_no", "个人编号", "id"),
        Column("injured_on", "工伤时间", "date"),
        Column("step", "认定流程", value=_labelled("clc004", "step"), sort="step", width=12),
        Column("recognised", "认定标识", value=_labelled("alc029", "recognised"), sort="recognised", width=14),
        Column("injury_no", "认定书号", "id"),
        Column("injured_part", "工伤部位"),
        Column("hospital", "急救医院"),
        Column("handled_on", "经办日期", "date"),
        Column("reported_on", "报告日期", "date"),
        Column("employer_no", "单位编号", "id", shown=False),
        Column("place", "事故地点及经过", width=40, shown=False),
        Column("diagnosis", "诊断意见", width=40, shown=False),
    )
    filterset = ReportFilter
    default_sort = "-injured_on"
    empty = "没有工伤事故备案"
    empty_hint = "按上面的条件向工伤中心查询"


class UploadedFilter(ListFilter):
    differing = choose("与本院", DIFFERING, method="by_difference")
    visit_kind = choose("医疗类别", lambda: code_list("injury.aka130").choices())
    treatment = choose("治疗类别", lambda: code_list("injury.akc191").choices())
    q = QuickSearch(("number", "住院号/门诊号"), ("injury_no", "认定书号"), ("region", "所属县区"))

    class Meta:
        model = UploadedPerson
        fields: list[str] = []

    def by_difference(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(difference="") if value == "no" else rows.exclude(difference="")


def admission_url(row: UploadedPerson) -> str:
    return reverse("injury:admission-detail", args=[row.admission_id]) if row.admission_id else ""


class UploadedList(AnswerList):
    """Uploaded people and fees, beside our own (4.15)."""

    name = "injury.uploaded"
    title = "上传人员和费用"
    kind = "getPerDetail"
    model = UploadedPerson
    columns = (
        Column("number", "住院号/门诊号", "id", link=admission_url),
        Column("name_masked", "姓名", width=10),
        Column("identity_masked", "身份证号", "id", shown=False),
        Column("injury_no", "认定书号", "id"),
        Column("admitted_on", "入院日期", "date"),
        Column("discharged_on", "出院日期", "date"),
        Column("visit_kind", "医疗类别", value=_labelled("aka130", "visit_kind"), sort="visit_kind", width=8),
        Column("treatment", "治疗类别", value=_labelled("akc191", "treatment"), sort="treatment", width=8, shown=False),
        Column("total", "中心金额", "money", total=True),
        Column("ours", "本院已上传", "money", total=True),
        Column("rejected", "剔除金额", "money", total=True),
        Column("drugs", "药品费用", "money", total=True),
        Column("drug_share", "药品占比（%）", "money", help="中心给出的药品费用占全部费用的百分比"),
        Column("audit", "审核状态", width=10),
        Column("difference", "与本院的差异", width=36),
        Column("region", "所属县区", shown=False),
        Column("session", "场次", "id", shown=False),
        Column("diseases", "病种", shown=False),
        Column("entered_at", "录入时间", "id", shown=False),
        Column("person_no", "个人编号", "id", shown=False),
        Column("employer_no", "单位编号", "id", shown=False),
    )
    filterset = UploadedFilter
    default_sort = "-admitted_on"
    empty = "没有上传的人员"
    empty_hint = "按上面的条件向工伤中心查询；不填条件为本月入院的人员"

    def row_css(self, row: UploadedPerson) -> str:
        return "attention" if row.difference else ""
