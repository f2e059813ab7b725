"""Cross-region clearing over the national interface: 3260, 3261, 3262 (Guangdong access guide, supplement tables 5–9).

The guide is silent on some points; what holds here: `startrow` counts from 1 and names the first row of the page, a
page that is not full is the last. `otransid` takes the 30 characters that `inf_refmsgid` has by table 3, although table
9 prints 22, because an id that was cut off would undo nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import StringConstraints

from clearing.messages.gateway import CODES as CODES  # the code lists are loaded
from portal.gateway.messages import Money, Part, Record, Request, item
from portal.gateway.national import NATIONAL, Received

#: The most rows of one page (3260) and of one confirmation (3261).
BATCH = 100
#: `otransid` that undoes every confirmation of the month.
WHOLE_MONTH = "0"

Year = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}$")]
Month = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])$")]
Moment = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$")]


class CrossRegionDetail(Record):
    """One settlement of somebody insured elsewhere in the province (table 6). Amounts are yuan."""

    seqno: int = item("顺序号", ge=0)
    mdtrtarea: str = item("就医地医保区划", 6)
    medins_no: str = item("医疗机构编号", 22)
    certno: str = item("证件号码", 18, secret=True)
    mdtrt_id: str = item("就诊登记号", 20)
    mdtrt_setl_time: str = item("就诊结算时间", 19)
    setl_sn: str = item("结算流水号", 30)
    fulamt_advpay_flag: str = item("全额垫付标志", 3, codes="clearing.fulamt_advpay_flag")
    medfee_sumamt: Money = item("总费用", (16, 2))
    optins_pay_sumamt: Money = item("经办机构支付总额", (16, 2))


class CrossRegionDetails(Received):
    """One page of the month's settlements; fewer than 100 rows mean that it is the last."""

    data: list[CrossRegionDetail] = item("清分明细", default_factory=list)


class Confirmed(Received):
    """The rows of one confirmation are taken in; keep `inf_refmsgid`, 3262 needs it."""


class RolledBack(Received):
    """The confirmation, or all of the month, was taken back."""


class MonthPage(Part):
    """Which month, from which row on (table 5)."""

    trt_year: Year = item("结算年度")
    trt_month: Month = item("结算月份")
    startrow: int = item("开始行数", ge=1, le=999_999_999_999, default=1)


class MonthBatch(Part):
    """Which month, and how many rows follow (table 7)."""

    trt_year: Year = item("结算年度")
    trt_month: Month = item("结算月份")
    totalrow: int = item("总行数", ge=1, le=BATCH)


class ConfirmedRow(Part):
    """One settlement as 3260 gave it, to be taken in (`cnfm_flag` 1) or left out (0) (table 8)."""

    certno: str = item("证件号码", 18, secret=True, min_length=1)
    mdtrt_id: str = item("就诊登记号", 20, min_length=1)
    mdtrt_setl_time: Moment = item("就诊结算时间")
    setl_sn: str = item("结算流水号", 30, min_length=1)
    medfee_sumamt: Money = item("总费用", (16, 2))
    optins_pay_sumamt: Money = item("经办机构支付总额", (16, 2))
    cnfm_flag: str | None = item("确认标志", 3, codes="clearing.cnfm_flag", default=None)

    @classmethod
    def of(cls, row: CrossRegionDetail, *, included: bool = True) -> Self:
        """The row of 3260, confirmed or left out."""
        return cls(
            certno=row.certno,
            mdtrt_id=row.mdtrt_id,
            mdtrt_setl_time=row.mdtrt_setl_time,
            setl_sn=row.setl_sn,
            medfee_sumamt=row.medfee_sumamt,
            optins_pay_sumamt=row.optins_pay_sumamt,
            cnfm_flag="1" if included else "0",
        )


class MonthUndo(Part):
    """Which month, and which confirmation of it (table 9)."""

    trt_year: Year = item("结算年度")
    trt_month: Month = item("结算月份")
    otransid: str = item("原交易流水号", 30, min_length=1)


class FetchCrossRegion(Request[CrossRegionDetails], code="3260", title="提取异地清分明细", gateway=NATIONAL, safe=True):
    """The month's settlements that wait for the institution's confirmation, 100 at a time (access guide 7.1)."""

    data: MonthPage = item("结算月份和开始行")

    @classmethod
    def of(cls, year: str, month: str, startrow: int = 1) -> Self:
        """Rows from `startrow` (1 is the first) of that month."""
        return cls(data=MonthPage(trt_year=year, trt_month=month, startrow=startrow))


class ConfirmCrossRegion(
    Request[Confirmed],
    code="3261",
    title="异地清分结果确认",
    gateway=NATIONAL,
    undo="3262",
    check="3260",
    quiet=120,
    patience=120,
):
    """Confirm up to 100 settlements of one month (access guide 7.2)."""

    data: MonthBatch = item("结算月份和总行数")
    detail: list[ConfirmedRow] = item("结算详情", many=(1, BATCH))

    @classmethod
    def of(cls, year: str, month: str, rows: Sequence[ConfirmedRow]) -> Self:
        """These rows of that month; `totalrow` is their number."""
        return cls(data=MonthBatch(trt_year=year, trt_month=month, totalrow=len(rows)), detail=list(rows))


class RollBackCrossRegion(
    Request[RolledBack],
    code="3262",
    title="异地清分结果确认回退",
    gateway=NATIONAL,
    undo="3261",
    check="3260",
    quiet=120,
    patience=120,
):
    """Take one confirmation back, or all of the month with otransid 0 (access guide 7.3)."""

    data: MonthUndo = item("结算月份和原交易")

    @classmethod
    def of(cls, year: str, month: str, otransid: str = WHOLE_MONTH) -> Self:
        """Undo the confirmation with this `inf_refmsgid`, or without one the whole month."""
        return cls(data=MonthUndo(trt_year=year, trt_month=month, otransid=otransid))


__all__ = [
    "BATCH",
    "WHOLE_MONTH",
    "ConfirmCrossRegion",
    "Confirmed",
    "ConfirmedRow",
    "CrossRegionDetail",
    "CrossRegionDetails",
    "FetchCrossRegion",
    "RollBackCrossRegion",
    "RolledBack",
]
