"""What the clearing gateway answers (clearing manual chapters 5 to 9). Amounts are yuan with two places."""

from __future__ import annotations

from clearing.messages.gateway import PAGE
from portal.gateway.messages import Exact, Money, Record, item


class Generation(Record):
    """Clearing data were generated (5.1)."""

    batch_no: str = item("批次号", 40)
    count: int = item("生成条数", ge=0)


class Revocation(Record):
    """Clearing data were taken back (5.2)."""

    count: int = item("撤销条数", ge=0)


class DisbursementRow(Record):
    """What one institution is paid for one kind of visit and one region (9.1).

    `disburse_amt` may be negative: then the institution pays back.
    """

    row_id: str = item("清算数据编号", 40)
    year: str = item("清算年份", 4)
    aka080: str = item("险种", 3, codes="clearing.aka080")
    qsjg00: str = item("清算机构", 3, codes="clearing.qsjg00")
    medins_code: str = item("医疗机构编码", 12)
    medins_name: str = item("医疗机构名称", 200)
    medins_type: str = item("医疗机构类型", 20, codes="clearing.medins_type")
    insu_admdvs: str = item("统筹区", 6, codes="clearing.insu_admdvs")
    akc191: str = item("就诊类型", 3, codes="clearing.akc191")
    clr_type: str = item("清算类别", 6, codes="clearing.clr_type")
    visit_count: int = item("就诊人次", ge=0)
    medfee_sumamt: Money = item("医疗费总额", (16, 2))
    fund_due_amt: Money = item("基金应付金额", (16, 2))
    monthly_paid_amt: Money = item("月结已付金额", (16, 2))
    deposit_amt: Money = item("保证金", (16, 2))
    deduct_amt: Money = item("扣款金额", (16, 2))
    assess_score: Exact | None = item("考核得分", (5, 2), default=None)
    deposit_refund_amt: Money = item("保证金返还金额", (16, 2), default=0, validate_default=True)
    disburse_amt: Money = item("拨付金额", (16, 2))


class ClearingRow(DisbursementRow):
    """One row of a clearing year with its states (5.3, 7.1)."""

    hdzt00: str = item("核对状态", 3, codes="clearing.hdzt00")
    qssqzt: str = item("清算申请状态", 3, codes="clearing.qssqzt")


class ClearingPage(Record):
    """One page of clearing rows; `total` counts all that match."""

    total: int = item("总条数", ge=0)
    rows: list[ClearingRow] = item("清算数据", many=(0, PAGE))


class MonthlyDetailRow(Record):
    """One settlement as the monthly settlement counted it (6.1)."""

    detail_id: str = item("月结明细编号", 40)
    month: str = item("月份", 2)
    setl_id: str = item("结算编号", 40)
    setl_date: str = item("结算日期", 10, default="")
    psn_name: str = item("人员姓名", 50, secret=True, default="")
    certno: str = item("证件号码", 50, secret=True, default="")
    medins_code: str = item("医疗机构编码", 12)
    medins_name: str = item("医疗机构名称", 200)
    insu_admdvs: str = item("统筹区", 6, codes="clearing.insu_admdvs")
    akc191: str = item("就诊类型", 3, codes="clearing.akc191")
    clr_type: str = item("清算类别", 6, codes="clearing.clr_type")
    medfee_sumamt: Money = item("医疗费总额", (16, 2))
    fund_due_amt: Money = item("基金应付金额", (16, 2))
    monthly_paid_amt: Money = item("月结已付金额", (16, 2))


class MonthlyDetailPage(Record):
    """One page of monthly details."""

    total: int = item("总条数", ge=0)
    rows: list[MonthlyDetailRow] = item("月结明细", many=(0, PAGE))


class MonthlySummaryRow(Record):
    """One month of one institution, kind of visit and region (6.2)."""

    month: str = item("月份", 2)
    medins_code: str = item("医疗机构编码", 12)
    medins_name: str = item("医疗机构名称", 200)
    insu_admdvs: str = item("统筹区", 6, codes="clearing.insu_admdvs")
    akc191: str = item("就诊类型", 3, codes="clearing.akc191")
    clr_type: str = item("清算类别", 6, codes="clearing.clr_type")
    visit_count: int = item("就诊人次", ge=0)
    medfee_sumamt: Money = item("医疗费总额", (16, 2))
    fund_due_amt: Money = item("基金应付金额", (16, 2))
    monthly_paid_amt: Money = item("月结已付金额", (16, 2))


class MonthlySummaryPage(Record):
    """One page of monthly sums."""

    total: int = item("总条数", ge=0)
    rows: list[MonthlySummaryRow] = item("月结汇总", many=(0, PAGE))


class Verification(Record):
    """Rows whose verification state was changed (7.2, 7.3)."""

    count: int = item("处理条数", ge=0)
    row_ids: list[str] = item("清算数据编号", many=(0, PAGE))


class Application(Record):
    """A clearing application was accepted (8.1)."""

    application_no: str = item("申请编号", 40)
    count: int = item("申请条数", ge=0, default=0)


class Cancellation(Record):
    """A clearing application was taken back (8.2)."""

    count: int = item("撤销条数", ge=0)


class ApplicationRow(Record):
    """One application and what became of it (8.3)."""

    application_no: str = item("申请编号", 40, default="")
    year: str = item("清算年份", 4)
    aka080: str = item("险种", 3, codes="clearing.aka080")
    qsjg00: str = item("清算机构", 3, codes="clearing.qsjg00")
    qssqzt: str = item("清算申请状态", 3, codes="clearing.qssqzt")
    audit_state: str = item("审核状态", 20, codes="clearing.audit_state", default="")
    row_count: int = item("数据条数", ge=0, default=0)
    medfee_sumamt: Money = item("医疗费总额", (16, 2))
    fund_due_amt: Money = item("基金应付金额", (16, 2))
    disburse_amt: Money = item("拨付金额", (16, 2))
    applied_at: str = item("申请时间", 30, default="")


class Applications(Record):
    """The applications of one year, insurance and agency."""

    rows: list[ApplicationRow] = item("清算申请", many=(0, PAGE))


class Disbursements(Record):
    """The disbursement table of one year, insurance and agency (9.1)."""

    rows: list[DisbursementRow] = item("核拨表")


class DepositRefundRow(Record):
    """What one institution gets back of its deposit (9.2 to 9.4)."""

    year: str = item("清算年份", 4)
    aka080: str = item("险种", 3, codes="clearing.aka080")
    qsjg00: str = item("清算机构", 3, codes="clearing.qsjg00", default="")
    medins_code: str = item("医疗机构编码", 12)
    medins_name: str = item("医疗机构名称", 200)
    medins_type: str = item("医疗机构类型", 20, codes="clearing.medins_type")
    insu_admdvs: str = item("统筹区", 6, codes="clearing.insu_admdvs")
    deposit_amt: Money = item("保证金", (16, 2))
    assess_score: Exact | None = item("考核得分", (5, 2), default=None)
    deposit_refund_amt: Money = item("保证金返还金额", (16, 2))


class DepositRefunds(Record):
    """A deposit-refund table (9.2 to 9.4)."""

    rows: list[DepositRefundRow] = item("保证金返还表")
