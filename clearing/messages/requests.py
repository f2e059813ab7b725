"""The thirteen transactions of the clearing gateway (clearing manual chapters 5 to 9)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

from clearing.messages.gateway import CLEARING, PAGE
from clearing.messages.replies import (
    Application,
    Applications,
    Cancellation,
    ClearingPage,
    DepositRefunds,
    Disbursements,
    Generation,
    MonthlyDetailPage,
    MonthlySummaryPage,
    Revocation,
    Verification,
)
from portal.gateway.messages import Request, item


def _distinct(rows: list[str]) -> list[str]:
    if len(set(rows)) != len(rows):
        raise PydanticCustomError("portal.repeated", "有重复的数据")
    return rows


Year = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}$")]
RowId = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z_-]+$")]
RowIds = Annotated[list[RowId], AfterValidator(_distinct)]


class GenerateClearing(
    Request[Generation],
    code="generateClearing",
    title="生成清算数据",
    gateway=CLEARING,
    undo="revokeClearing",
    check="queryClearing",
    quiet=300,
    patience=300,
):
    """Generate the clearing data of a year and insurance; leave the agency out for all (5.1). Takes minutes."""

    year: Year = item("清算年份")
    aka080: str = item("险种", 3, codes="clearing.aka080")
    qsjg00: str | None = item("清算机构", 3, codes="clearing.qsjg00", default=None)


class RevokeClearing(
    Request[Revocation],
    code="revokeClearing",
    title="撤销清算数据",
    gateway=CLEARING,
    undo="generateClearing",
    check="queryClearing",
    quiet=120,
    patience=120,
):
    """Take generated data back; refused once a row is verified (5.2)."""

    year: Year = item("清算年份")
    aka080: str = item("险种", 3, codes="clearing.aka080")
    qsjg00: str | None = item("清算机构", 3, codes="clearing.qsjg00", default=None)


class QueryClearing(Request[ClearingPage], code="queryClearing", title="查询清算数据", gateway=CLEARING, safe=True):
    """The generated rows, page by page (5.3)."""

    year: Year = item("清算年份")
    aka080: str = item("险种", 3, codes="clearing.aka080")
    qsjg00: str | None = item("清算机构", 3, codes="clearing.qsjg00", default=None)
    page: int = item("页码", ge=1, default=1)
    size: int = item("每页条数", ge=1, le=PAGE, default=PAGE)


class QueryMonthlyDetail(
    Request[MonthlyDetailPage], code="queryMonthlyDetail", title="查询月结明细", gateway=CLEARING, safe=True
):
    """The settlements behind the monthly payments (6.1)."""

    year: Year = item("清算年份")
    insutype: str = item("险种", 3, codes="clearing.insutype")
    qsjg00: str = item("清算机构", 3, codes="clearing.qsjg00")
    akc191: str = item("就诊类型", 3, codes="clearing.akc191")
    month: str | None = item("月份", pattern=r"^(0[1-9]|1[0-2])$", default=None)
    page: int = item("页码", ge=1, default=1)
    size: int = item("每页条数", ge=1, le=PAGE, default=PAGE)


class QueryMonthlySummary(
    Request[MonthlySummaryPage], code="queryMonthlySummary", title="查询月结汇总", gateway=CLEARING, safe=True
):
    """The monthly payments (6.2)."""

    year: Year = item("清算年份")
    insutype: str = item("险种", 3, codes="clearing.insutype")
    qsjg00: str = item("清算机构", 3, codes="clearing.qsjg00")
    akc191: str = item("就诊类型", 3, codes="clearing.akc191")
    month: str | None = item("月份", pattern=r"^(0[1-9]|1[0-2])$", default=None)
    page: int = item("页码", ge=1, default=1)
    size: int = item("每页条数", ge=1, le=PAGE, default=PAGE)


class QueryVerification(
    Request[ClearingPage], code="queryVerification", title="查询核对数据", gateway=CLEARING, safe=True
):
    """Rows by verification state (7.1)."""

    year: Year = item("清算年份")
    aka080: str = item("险种", 3, codes="clearing.aka080")
    hdzt00: str = item("核对状态", 3, codes="clearing.hdzt00")
    qsjg00: str = item("清算机构", 3, codes="clearing.qsjg00")
    akc191: str | None = item("就诊类型", 3, codes="clearing.akc191", default=None)
    page: int = item("页码", ge=1, default=1)
    size: int = item("每页条数", ge=1, le=PAGE, default=PAGE)


class VerifyClearing(
    Request[Verification],
    code="verifyClearing",
    title="批量核对",
    gateway=CLEARING,
    undo="cancelVerification",
    check="queryVerification",
):
    """Confirm rows (7.2)."""

    row_ids: RowIds = item("清算数据编号", many=(1, PAGE))


class CancelVerification(
    Request[Verification],
    code="cancelVerification",
    title="撤销核对",
    gateway=CLEARING,
    undo="verifyClearing",
    check="queryVerification",
):
    """Take confirmations back; refused once a row is in an application (7.3)."""

    row_ids: RowIds = item("清算数据编号", many=(1, PAGE))


class SubmitApplication(
    Request[Application],
    code="submitApplication",
    title="提交清算申请",
    gateway=CLEARING,
    undo="cancelApplication",
    check="queryApplication",
    quiet=120,
    patience=120,
):
    """Apply for the clearing of all verified rows (8.1)."""

    year: Year = item("协议年度")
    aka080: str = item("险种", 3, codes="clearing.aka080")
    qsjg00: str = item("清算机构", 3, codes="clearing.qsjg00")


class CancelApplication(
    Request[Cancellation],
    code="cancelApplication",
    title="撤销清算申请",
    gateway=CLEARING,
    undo="submitApplication",
    check="queryApplication",
    quiet=120,
    patience=120,
):
    """Take an application back; an approved one may be refused (8.2)."""

    year: Year = item("协议年度")
    aka080: str = item("险种", 3, codes="clearing.aka080")
    qsjg00: str = item("清算机构", 3, codes="clearing.qsjg00")


class QueryApplication(
    Request[Applications], code="queryApplication", title="查询清算申请", gateway=CLEARING, safe=True
):
    """Applications and their state (8.3)."""

    year: Year = item("清算年份")
    aka080: str = item("险种", 3, codes="clearing.aka080")
    qsjg00: str = item("清算机构", 3, codes="clearing.qsjg00")


class QueryDisbursement(
    Request[Disbursements], code="queryDisbursement", title="查询核拨表", gateway=CLEARING, safe=True
):
    """The rows of the disbursement table (9.1)."""

    year: Year = item("清算年份")
    aka080: str = item("险种", 3, codes="clearing.aka080")
    qsjg00: str = item("清算机构", 3, codes="clearing.qsjg00")


class QueryDepositRefund(
    Request[DepositRefunds], code="queryDepositRefund", title="查询保证金返还表", gateway=CLEARING, safe=True
):
    """The rows of a deposit-refund table: cross-region, maternity, or pharmacies and village clinics (9.2 to 9.4)."""

    kind: Literal["cross_region", "maternity", "primary"] = item("返还类别", codes="clearing.refund_kind")
    year: Year = item("清算年份")
    aka080: str = item("险种", 3, codes="clearing.aka080")
    qsjg00: str | None = item("清算机构", 3, codes="clearing.qsjg00", default=None)
