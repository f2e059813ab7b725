"""Chapters 5, 7 and 8: generate, revoke, query; verify and take back; apply and take back; what must be refused."""

from decimal import Decimal
from typing import Any

from clearing.management.demo.walk import REASON, Failed, Walk
from clearing.models import Application, ApplicationState, ClearingRow, Generation, GenerationState, RowState, Scope
from clearing.services import (
    accept_finding,
    cancel_application,
    cancel_verification,
    request_application_query,
    request_generation,
    request_revocation,
    submit_application,
    verify_rows,
)
from clearing.services.overview import OPEN_FINDING, live_rows

DATA, VERIFY, APPLY = "5 清算数据", "7 核对", "8 申请"


def generate(walk: Walk) -> None:
    """Generate, take back, generate again (5.1, 5.2); rows equal the centre's."""
    _generate(walk)
    with walk.tx():
        operation = request_revocation(walk.scope, by=walk.clerk)
    walk.send(operation)
    walk.wait("撤销清算数据", lambda: None if live_rows(walk.scope).exists() else True)
    if walk.scopes():
        raise Failed("撤销清算数据：沙箱仍有数据")
    walk.told(DATA, "撤销", "0 条", "0 条")
    _generate(walk)
    compare(walk, DATA, "生成", "rows", "disburse_amt")


def _generate(walk: Walk) -> None:
    with walk.tx():
        operation = request_generation(walk.scope, by=walk.clerk)
    walk.wait_for(operation)
    batch = walk.wait("获取清算数据", lambda: _fetched(walk.scope))
    if batch.note:
        raise Failed(f"获取清算数据没有完成：{batch.note}")


def _fetched(scope: Scope) -> Generation | None:
    return Generation.objects.filter(**scope.fields(), agency="", state=GenerationState.READY).first()


def verify(walk: Walk) -> None:
    """A reviewer accepts what does not add up; all rows are verified, some taken back and verified again (ch. 7)."""
    with walk.tx():
        broken = list(live_rows(walk.scope).filter(OPEN_FINDING))
        mine = set(live_rows(walk.scope).values_list("row_id", flat=True))
    expected = sorted(one["row_id"] for one in walk.centre()["broken"] if one["row_id"] in mine)
    if sorted(row.row_id for row in broken) != expected:
        raise Failed(f"差异：门户发现 {len(broken)} 条，沙箱设置了 {len(expected)} 条")
    walk.refused(VERIFY, "差异未接受不能核对", lambda: verify_rows(_these(broken), by=walk.clerk))
    with walk.tx():
        for row in broken:
            accept_finding(row, REASON, by=walk.reviewer)
    walk.told(VERIFY, "复核人员接受差异", f"{len(broken)} 条", f"{len(expected)} 条")
    _send_all(walk, lambda: verify_rows(live_rows(walk.scope), by=walk.clerk))
    walk.refused(VERIFY, "已核对的不能撤销数据", lambda: request_revocation(walk.scope, by=walk.clerk))
    with walk.tx():
        some = list(live_rows(walk.scope).filter(finding_count=0).order_by("pk")[:10])
    _send_all(walk, lambda: cancel_verification(_these(some), by=walk.clerk))
    with walk.tx():
        open_again = live_rows(walk.scope).filter(state=RowState.GENERATED).count()
    walk.told(VERIFY, "撤销核对", f"{open_again} 条未核对", f"{len(some)} 条未核对")
    _send_all(walk, lambda: verify_rows(_these(some), by=walk.clerk))
    compare(walk, VERIFY, "核对", "verified", "disburse_amt", state=RowState.VERIFIED)


def _these(rows: list[ClearingRow]) -> Any:
    return ClearingRow.objects.filter(pk__in=[row.pk for row in rows])


def _send_all(walk: Walk, act: Any) -> None:
    with walk.tx():
        operations = act()
    for operation in operations:
        walk.send(operation)


def apply(walk: Walk) -> None:
    """Apply for every agency; the first application is taken back once and made again; all are approved (ch. 8)."""
    for number, scope in enumerate(walk.by_agency):
        application = _submit(walk, scope)
        if number == 0:
            application = _cancel_and_submit(walk, scope, application)
        _approve(walk, scope, application)
    compare(walk, APPLY, "申请", "applied", "applied_disburse_amt", state__in=[RowState.APPLIED, RowState.APPROVED])


def _submit(walk: Walk, scope: Scope) -> Application:
    with walk.tx():
        application = submit_application(scope, by=walk.clerk)
    assert application.operation
    walk.send(application.operation)
    return walk.wait(f"查询{scope}申请", lambda: _found(application, asked_at__isnull=False))


def _cancel_and_submit(walk: Walk, scope: Scope, application: Application) -> Application:
    with walk.tx():
        applied = ClearingRow.objects.filter(application=application).order_by("pk")[:3]
        some = _these(list(applied))
    walk.refused(VERIFY, "已申请的不能撤销核对", lambda: cancel_verification(some, by=walk.clerk))
    with walk.tx():
        operation = cancel_application(application, by=walk.clerk)
    walk.send(operation)
    walk.wait(f"撤销{scope}申请", lambda: _found(application, state=ApplicationState.CANCELLED))
    live = [one for one in walk.centre()["applications"] if one["is_live"] and one["qsjg00"] == scope.agency]
    same_year = [one for one in live if (one["year"], one["aka080"]) == (str(scope.year), scope.insurance)]
    walk.told(APPLY, "撤销申请", "未申请", "已申请" if same_year else "未申请", scope=scope)
    if same_year:
        raise Failed(f"撤销{scope}申请：沙箱仍为已申请")
    return _submit(walk, scope)


def _approve(walk: Walk, scope: Scope, application: Application) -> None:
    asked = {"year": str(scope.year), "aka080": scope.insurance, "qsjg00": scope.agency}
    walk.sandbox.act("clearing", "approve", party=walk.app_code, **asked)
    with walk.tx():
        request_application_query(scope, by=walk.clerk)
    now = walk.wait(f"{scope}申请审核通过", lambda: _found(application, state=ApplicationState.APPROVED))
    if now.differs_at_centre or now.centre_count is None or now.centre_disburse is None:
        raise Failed(
            f"{scope}申请：门户 {now.count} 条 {now.disburse}，中心 {now.centre_count} 条 {now.centre_disburse}"
        )
    walk.same(APPLY, "审核通过", (now.count, now.disburse), (now.centre_count, now.centre_disburse), scope=scope)


def _found(application: Application, **conditions: Any) -> Application | None:
    return Application.objects.filter(pk=application.pk, **conditions).first()


def compare(walk: Walk, chapter: str, step: str, count: str, total: str, **conditions: Any) -> None:
    """Lay count and payable sum of every agency beside the centre's."""
    truth = walk.scopes()
    for scope in walk.by_agency:
        one = truth.get(scope.agency, {count: 0, total: "0.00"})
        with walk.tx():
            rows = list(live_rows(scope).filter(**conditions))
        ours = (len(rows), sum((row.disburse for row in rows), Decimal("0.00")))
        walk.same(chapter, step, ours, (int(one[count]), Decimal(one[total])), scope=scope)
