"""What stands where in a clearing year: read by the dashboard, the previews and the lists; changes nothing."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum

from clearing.models import Application, ApplicationState, ClearingRow, Generation, GenerationState, RowState, Scope

ZERO = Decimal("0.00")
OPEN_FINDING = Q(finding_count__gt=0, accepted_at__isnull=True)


@dataclass(frozen=True)
class Standing:
    """Numbers of rows by state and payable yuan of one scope; revoked rows count nowhere."""

    rows: int = 0
    providers: int = 0
    generated: int = 0
    verified: int = 0
    applied: int = 0
    approved: int = 0
    findings: int = 0
    running: int = 0
    fund_due: Decimal = ZERO
    medical_fee: Decimal = ZERO
    disburse: Decimal = ZERO
    verified_disburse: Decimal = ZERO
    verified_fund_due: Decimal = ZERO
    verified_medical_fee: Decimal = ZERO
    applied_disburse: Decimal = ZERO

    @property
    def percent_verified(self) -> int:
        return (self.rows - self.generated) * 100 // self.rows if self.rows else 0


def standing(scope: Scope) -> Standing:
    """Counts and sums of the scope, by SQL."""
    verified, applied = Q(state=RowState.VERIFIED), Q(state__in=[RowState.APPLIED, RowState.APPROVED])
    found = live_rows(scope).aggregate(
        rows=Count("pk"),
        providers=Count("provider_code", distinct=True),
        generated=Count("pk", filter=Q(state=RowState.GENERATED)),
        verified=Count("pk", filter=verified),
        applied=Count("pk", filter=Q(state=RowState.APPLIED)),
        approved=Count("pk", filter=Q(state=RowState.APPROVED)),
        findings=Count("pk", filter=OPEN_FINDING),
        running=Count("pk", filter=Q(operation__isnull=False)),
        verified_disburse=Sum("disburse", filter=verified, default=ZERO),
        verified_fund_due=Sum("fund_due", filter=verified, default=ZERO),
        verified_medical_fee=Sum("medical_fee", filter=verified, default=ZERO),
        applied_disburse=Sum("disburse", filter=applied, default=ZERO),
        # Last: an alias hides the column of the same name from the sums after it.
        fund_due=Sum("fund_due", default=ZERO),
        medical_fee=Sum("medical_fee", default=ZERO),
        disburse=Sum("disburse", default=ZERO),
    )
    return Standing(**found)


def live_rows(scope: Scope) -> Any:
    """Rows of the scope that the centre holds."""
    return ClearingRow.objects.filter(**scope.fields()).exclude(state=RowState.REVOKED)


def live_generations(scope: Scope) -> Any:
    """Generations that share rows with the scope and are not over."""
    return Generation.objects.filter(scope.overlapping(), state__in=GenerationState.live())


def live_application(scope: Scope) -> Application | None:
    """The unfinished or held application of the scope, if there is one."""
    return Application.objects.filter(**scope.fields(), state__in=ApplicationState.live()).first()


@dataclass(frozen=True)
class LeftOut:
    """Rows that will not enter an application, and why."""

    reason: str
    count: int
    disburse: Decimal
    query: str


@dataclass(frozen=True)
class Preview:
    """What an application would take, what it would leave out and why, and what forbids it."""

    scope: Scope
    count: int
    medical_fee: Decimal
    fund_due: Decimal
    disburse: Decimal
    left_out: list[LeftOut] = field(default_factory=list)
    obstacles: list[str] = field(default_factory=list)

    @property
    def left_out_count(self) -> int:
        return sum(part.count for part in self.left_out)


def preview(scope: Scope) -> Preview:
    """Only verified rows enter (8.1); whatever else is there is named with its reason."""
    now = standing(scope)
    left_out = [
        part
        for part in (
            _left_out(scope, "差异尚未被接受，不能核对", OPEN_FINDING, "state=generated&finding=open"),
            _left_out(scope, "尚未核对", ~OPEN_FINDING, "state=generated"),
        )
        if part.count
    ]
    return Preview(
        scope,
        now.verified,
        now.verified_medical_fee,
        now.verified_fund_due,
        now.verified_disburse,
        left_out,
        list(_obstacles(scope, now)),
    )


def _left_out(scope: Scope, reason: str, condition: Q, query: str) -> LeftOut:
    rows = live_rows(scope).filter(condition, state=RowState.GENERATED)
    found = rows.aggregate(count=Count("pk"), disburse=Sum("disburse"))
    address = f"year={scope.year}&insurance={scope.insurance}&agency={scope.agency}&{query}"
    return LeftOut(reason, found["count"], found["disburse"] or ZERO, address)


def _obstacles(scope: Scope, now: Standing) -> Any:
    held = live_application(scope)
    if held:
        yield f"已有清算申请 {held.application_no or ''}（{held.get_state_display()}），不能重复提交"
    if now.running:
        yield f"有 {now.running} 条数据正在核对或撤销核对，结果确认后才能提交"
    if live_generations(scope).exclude(state=GenerationState.READY).exists():
        yield "清算数据正在生成、获取或撤销，完成后才能提交"
    doubtful = live_rows(scope).filter(OPEN_FINDING, state=RowState.VERIFIED).count()
    if doubtful:
        yield f"有 {doubtful} 条已核对的数据出现新的差异，须由复核人员接受或撤销核对"
    if not now.verified and not held:
        yield "没有已核对的数据，请先完成核对"


def scopes(environment: str) -> list[Scope]:
    """Every year, insurance and agency that has rows, newest year first."""
    found = (
        ClearingRow.objects.filter(environment=environment)
        .exclude(state=RowState.REVOKED)
        .order_by(F("year").desc(), "insurance", "agency")
        .values_list("year", "insurance", "agency")
        .distinct()
    )
    return [Scope(environment, *key) for key in found]
