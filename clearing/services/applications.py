"""提交和撤销清算申请: the claim for a scope's verified rows, frozen when prepared (clearing manual 8.1, 8.2)."""

from typing import cast

from clearing.actions import (
    APPLICATION_CANCEL_REQUESTED,
    APPLICATION_REQUESTED,
    OPERATION_UNDONE,
)
from clearing.messages import Application as Accepted
from clearing.messages import ApplicationRow, CancelApplication, Cancellation, QueryApplication, SubmitApplication
from clearing.models import Application, ApplicationState, ClearingRow, RowState, Scope
from clearing.services.fetching import refetch_after
from clearing.services.history import undone
from clearing.services.overview import OPEN_FINDING, live_rows, preview
from clearing.services.refusals import Refused
from clearing.services.scopes import locked
from clearing.services.standing import accept, begin_query, end
from clearing.services.steps import (
    TOTALS,
    author,
    claim,
    claimed,
    differing,
    needs_second,
    opened,
    refuse_claimed,
    release,
    scope_of_request,
)
from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.audit import record
from portal.gateway.journal import (
    AlreadyRunning,
    Applied,
    Ask,
    Handler,
    NotApplied,
    Operation,
    StillUnknown,
    Verdict,
    open_operation,
    outcome,
    request_of,
)

HELD = "001"


def submit_application(scope: Scope, *, by: Member) -> Application:
    """Prepare the application for the scope's verified rows; with four eyes a reviewer lets it go.

    Count and totals are frozen: what the centre later says is compared with them. A second submit while the first
    is on its way returns the first. Raises Refused, naming the obstacle, when anything is running or in doubt.
    """
    if not scope.agency:
        raise Refused("清算机构：提交申请须选定一个清算机构", field="agency")
    locked(scope)
    running = Application.objects.filter(**scope.fields(), state=ApplicationState.SUBMITTING).first()
    if running:
        return running
    before = preview(scope)
    if before.obstacles:
        raise Refused("；".join(before.obstacles))
    rows = list(live_rows(scope).filter(state=RowState.VERIFIED).select_for_update(of=("self",)).order_by("pk"))
    refuse_claimed(rows)
    application = Application(
        environment=scope.environment,
        year=scope.year,
        insurance=scope.insurance,
        agency=scope.agency,
        count=len(rows),
        left_out=before.left_out_count,
        medical_fee=sum(row.medical_fee for row in rows),
        fund_due=sum(row.fund_due for row in rows),
        disburse=sum(row.disburse for row in rows),
        submitted_by=by.user,
    )
    application.operation = opened(
        SubmitApplication(year=str(scope.year), aka080=scope.insurance, qsjg00=scope.agency),
        key=scope.key,
        by=by,
        title=f"提交清算申请：{scope}，{application.count} 条，拨付金额 {application.disburse:,.2f} 元",
        needs_second=needs_second(by),
        expected={"rows": application.count, "disburse": application.disburse},
        subject=application,
    )
    application.save()
    claim(rows, application.operation)
    ClearingRow.objects.filter(operation=application.operation).update(application=application)
    record(
        APPLICATION_REQUESTED,
        application,
        by=by,
        scope=str(scope),
        count=application.count,
        total=f"{application.disburse:,.2f}",
        left_out=application.left_out,
    )
    return application


def cancel_application(application: Application, *, by: Member) -> Operation:
    """Take a held application back; with four eyes a reviewer lets the cancellation go.

    Raises Refused when it is not (or not yet) held at the centre, or its rows are busy.
    """
    scope = application.scope
    locked(scope)
    application = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if application.state == ApplicationState.CANCELLING and application.cancellation:
        return application.cancellation
    if application.state not in (ApplicationState.APPLIED, ApplicationState.APPROVED) or not application.application_no:
        raise Refused(f"清算申请{application.shown_state}，不能撤销")
    rows = list(ClearingRow.objects.filter(application=application).select_for_update(of=("self",)).order_by("pk"))
    refuse_claimed(rows)
    try:
        operation = open_operation(
            CancelApplication(year=str(scope.year), aka080=scope.insurance, qsjg00=scope.agency),
            key=scope.key,
            by=by,
            title=f"撤销清算申请 {application.application_no}：{scope}，{application.count} 条，"
            f"拨付金额 {application.disburse:,.2f} 元",
            needs_second=needs_second(by),
            expected={"rows": application.count, "disburse": application.disburse},
            subject=application,
        )
    except AlreadyRunning as running:
        return running.operation
    application.cancellation, application.state = operation, ApplicationState.CANCELLING
    application.save(update_fields=["cancellation", "state"])
    claim(rows, operation)
    record(APPLICATION_CANCEL_REQUESTED, application, by=by, number=application.application_no)
    return operation


@outcome(SubmitApplication)
class Submitting(Handler):
    """The centre holds the application, or it does not."""

    labels = TOTALS
    four_eyes = True
    consequence = "复核通过后立即向医保中心提交；提交后这些数据不能撤销核对，须先撤销申请"

    def approvable(self, operation: Operation) -> str:
        """The centre takes whatever is verified when it is sent: that must still be what was frozen."""
        rows = live_rows(scope_of_request(operation)).filter(state=RowState.VERIFIED)
        if rows.filter(OPEN_FINDING).exists():
            return "有数据在提交之后出现了新的差异"
        return differing(rows, operation)

    def applied(self, operation: Operation, reply: Accepted | None) -> None:
        application = locked_application(operation=operation)
        if application is None:
            return  # found in the spool after a restore: people decide, and fetch the scope again
        application.approved_by = operation.approved_by
        if reply is None:
            # It is held, but nobody could read its number: asking the centre brings it.
            application.note = "医保中心已受理，正在查询申请编号"
            application.save(update_fields=["approved_by", "note"])
        else:
            accept(application, reply.application_no)
            if reply.count and reply.count != application.count:
                application.centre_count = reply.count
                application.note = f"医保中心受理 {reply.count} 条，提交时为 {application.count} 条，请核对"
            application.save()
        begin_query(application.scope, by=author(operation))

    def rejected(self, operation: Operation) -> None:
        application = locked_application(operation=operation)
        if application is None:
            return  # found in the spool after a restore: people decide, and fetch the scope again
        undone(operation, "提交清算申请")
        release(operation, application=None)
        application.state, application.note = ApplicationState.REFUSED, operation.message[:400]
        application.save(update_fields=["state", "note"])
        what = f"提交{application.scope}清算申请"
        record(OPERATION_UNDONE, application, by=None, what=what, reason=operation.message)
        if operation.code:
            begin_query(application.scope, by=author(operation))
            refetch_after(application.scope, by=author(operation))

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        """A live application that we did not know, with our totals, is ours; with others' totals a person decides."""
        with tenant_tx(operation.institution_pk):
            known = set(Application.objects.exclude(application_no="").values_list("application_no", flat=True))
        live = [row for row in answered(operation, ask) if row.qssqzt == HELD and row.application_no not in known]
        if not live:
            return NotApplied("查询清算申请：中心没有新的清算申请")
        row, told = (
            live[0],
            f"查询清算申请：{live[0].application_no}，{live[0].row_count} 条，{live[0].disburse_amt} 元",
        )
        expected = (operation.expected["rows"], operation.expected["disburse"])
        if (str(row.row_count), str(row.disburse_amt)) != expected:
            return StillUnknown(f"{told}；与提交时的 {expected[0]} 条、{expected[1]} 元不一致")
        return Applied(Accepted(application_no=row.application_no, count=row.row_count), told)


@outcome(CancelApplication)
class Cancelling(Handler):
    """The centre let the application go, or holds it still."""

    labels = TOTALS
    four_eyes = True
    consequence = "复核通过后立即向医保中心撤销；申请恢复为“未申请”，需要时须重新提交"

    def approvable(self, operation: Operation) -> str:
        return differing(claimed(operation), operation)

    def applied(self, operation: Operation, reply: Cancellation | None) -> None:
        application = locked_application(cancellation=operation)
        if application is None:
            return
        end(application, "")
        begin_query(application.scope, by=author(operation))

    def rejected(self, operation: Operation) -> None:
        application = locked_application(cancellation=operation)
        if application is None:
            return
        undone(operation, "撤销清算申请")
        release(operation)
        approved = application.audit_state == "approved"
        application.state = ApplicationState.APPROVED if approved else ApplicationState.APPLIED
        application.note = f"撤销未成功：{operation.message}"[:400]
        application.save(update_fields=["state", "note"])
        what = f"撤销清算申请 {application.application_no}"
        record(OPERATION_UNDONE, application, by=None, what=what, reason=operation.message)
        if operation.code:
            begin_query(application.scope, by=author(operation))

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        """Our number is still held, or it is not."""
        with tenant_tx(operation.institution_pk):
            number = Application.objects.get(cancellation=operation).application_no
        held = [row for row in answered(operation, ask) if row.qssqzt == HELD]
        if any(row.application_no == number for row in held):
            return NotApplied(f"查询清算申请：{number} 仍为已申请")
        return Applied(Cancellation(count=int(operation.expected["rows"])), f"查询清算申请：{number} 已不在已申请之列")


def locked_application(**conditions: Operation) -> Application | None:
    """The application of an operation, locked after its year."""
    found = Application.objects.filter(**conditions).first()
    if found is None:
        return None
    locked(found.scope)
    return Application.objects.select_for_update(of=("self",)).get(pk=found.pk)


def answered(operation: Operation, ask: Ask) -> list[ApplicationRow]:
    asked = cast(SubmitApplication, request_of(operation))
    return ask(QueryApplication(year=asked.year, aka080=asked.aka080, qsjg00=asked.qsjg00)).rows
