"""The library's own settling window for outpatients, and taking such a settlement back (3.1.3.6, 3.1.3.7)."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, StringConstraints, model_validator

from portal.gateway.desk import ONETRANS
from portal.gateway.messages import Exact, item
from settlement.messages.onetrans.gateway import WIDE, Asked, Group, Piece, When, filled, needed, refuse

SELF_PAID = "00"
INSURED = ("psn_no", "insutype", "insuplc_admdvs")
#: Whatever a hospital's system wants to get back when the settlement is confirmed.
Passed = Annotated[str, StringConstraints(max_length=50)]


class HisExtra(Piece):
    """What is passed to the hospital's own system when the settlement is confirmed (hisExtra), under its own names."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Passed]

    hisOrgCode: str | None = item("HIS内部院区编码", 50, default=None)


class ChargeExtra(Piece):
    """Further parameters of a charge (extra); sites add texts of their own."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Passed]

    cardno: str = item("卡号/住院号", 32, secret=True, min_length=1)
    hisExtra: HisExtra | None = item("透传给HIS的参数", default=None)


class Charged(Group):
    """The orders that were settled, and the payment of what was left (3.1.3.6)."""

    orderList: list[str] = item("结算订单号", default=[])
    chargeNo: str = item("支付平台充值订单号", 32, default="")
    traceNo: str = item("支付平台跟踪号", 32, default="")
    traceTime: str = item("交易成功时间", 19, default="")
    callsn: str = item("HIS交易订单号", 32, default="")


class ChargeOutpatient(
    Asked[Charged],
    code="fsi.outpatient.charge",
    title="门诊收费结算",
    gateway=ONETRANS,
    undo="chs.common.outpatient.settle.cancel",
    quiet=480,
    patience=300,
):
    """Open the settling window, which settles with the insurer; it registers the patient itself when there is no visit
    yet (3.1.3.6)."""

    termNo: str = filled("终端编号", 64)
    certno: str = item("证件号码", 20, secret=True, min_length=1)
    patientType: str = item("患者类型", 2, codes="onetrans.patient_type", min_length=1)
    cardType: str | None = item("卡类型", 2, codes="onetrans.card_type", default=None)
    cardno: str = item("卡号", 32, secret=True, min_length=1)
    payAppId: str = filled("统一支付平台APPID", 32)
    payAppSecret: str = filled("统一支付平台AppSecret", 32, secret=True)
    psn_no: str | None = item("人员编号", 30, secret=True, default=None)
    mdtrt_id: str | None = item("就诊ID", 30, default=None)
    insutype: str | None = item("险种类型", 6, codes="onetrans.insutype", default=None)
    account_type: str = item("账户类型", 2, codes="onetrans.account_type", min_length=1)
    psn_cert_type: str = item("证件类型", 3, codes="onetrans.psn_cert_type", min_length=1)
    psn_name: str = item("人员姓名", 20, secret=True, min_length=1)
    insuplc_admdvs: str | None = item("参保地医保区划", 6, pattern="^[0-9]{6}$", default=None)
    mdtrtarea_admvs: str = item("就医地医保区划", 6, pattern="^[0-9]{6}$")
    fixmedins_code: str = item("定点医药机构编号", 12, min_length=1)
    fixmedins_name: str = item("定点医药机构名称", 20, min_length=1)
    begntime: When | None = item("开始时间", default=None)
    endtime: When | None = item("结束时间", default=None)
    extra: ChargeExtra | None = item("扩展入参", default=None)

    @model_validator(mode="after")
    def _by_the_patient(self) -> ChargeOutpatient:
        if self.patientType != SELF_PAID:
            refuse(self, needed(self, INSURED, "医保患者"))
        return self


class CancelledSettlement(Group):
    """The settlement that was taken back, with its amounts (setlinfo)."""

    mdtrt_id: str = item("就诊ID", 30, default="")
    setl_id: str = item("结算ID", 30, default="")
    clr_optins: str = item("清算经办机构", 6, default="")
    setl_time: str = item("结算时间", 30, default="")
    medfee_sumamt: Exact | None = item("医疗费总额", WIDE, default=None)
    fulamt_ownpay_amt: Exact | None = item("全自费金额", WIDE, default=None)
    overlmt_selfpay: Exact | None = item("超限价自费费用", WIDE, default=None)
    preselfpay_amt: Exact | None = item("先行自付金额", WIDE, default=None)
    inscp_scp_amt: Exact | None = item("符合政策范围金额", WIDE, default=None)
    act_pay_dedc: Exact | None = item("实际支付起付线", WIDE, default=None)
    hifp_pay: Exact | None = item("基本医疗保险统筹基金支出", WIDE, default=None)
    pool_prop_selfpay: Exact | None = item("基本医疗保险统筹基金支付比例", WIDE, default=None)
    cvlserv_pay: Exact | None = item("公务员医疗补助资金支出", WIDE, default=None)
    hifes_pay: Exact | None = item("企业补充医疗保险基金支出", WIDE, default=None)
    hifmi_pay: Exact | None = item("居民大病保险资金支出", WIDE, default=None)
    hifob_pay: Exact | None = item("职工大额医疗费用补助基金支出", WIDE, default=None)
    maf_pay: Exact | None = item("医疗救助基金支出", WIDE, default=None)
    oth_pay: Exact | None = item("其他支出", WIDE, default=None)
    fund_pay_sumamt: Exact | None = item("基金支付总额", WIDE, default=None)
    psn_part_amt: Exact | None = item("个人负担总金额", WIDE, default=None)
    acct_pay: Exact | None = item("个人账户支出", WIDE, default=None)
    psn_cash_pay: Exact | None = item("个人现金支出", WIDE, default=None)
    hosp_part_amt: Exact | None = item("医院负担金额", WIDE, default=None)
    balc: Exact | None = item("余额", WIDE, default=None)
    acct_mulaid_pay: Exact | None = item("个人账户共济支付金额", WIDE, default=None)
    medins_setl_id: str = item("医药机构结算ID", 30, default="")
    hifdm_pay: Exact | None = item("伤残人员医疗保障基金支出", WIDE, default=None)
    psn_insu_rlts_id: str = item("人员参保关系ID", 20, secret=True, default="")
    insu_admdvs: str = item("参保机构行政区划", 6, default="")
    begndate: str = item("开始日期", 30, default="")
    enddate: str = item("结算日期", 30, default="")
    mdtrt_cert_no: str = item("就诊凭证编号", 50, secret=True, default="")
    setl_type: str = item("结算类别", 6, default="")
    crt_dedc: Exact | None = item("本次起付线", WIDE, default=None)
    invono: str = item("发票号", 20, default="")


class FundPart(Group):
    """What one fund had paid (setldetail)."""

    fund_pay_type: str = item("基金支付类型", 6, default="")
    inscp_scp_amt: Exact | None = item("符合政策范围金额", WIDE, default=None)
    crt_payb_lmt_amt: Exact | None = item("本次可支付限额金额", WIDE, default=None)
    fund_payamt: Exact | None = item("基金支付金额", WIDE, default=None)
    fund_pay_type_name: str = item("基金支付类型名称", 200, default="")
    setl_proc_info: str = item("结算过程信息", 4000, default="")


class CancelledCharge(Group):
    """What was taken back (3.1.3.7)."""

    setlinfo: CancelledSettlement | None = item("结算信息", default=None)
    setldetail: list[FundPart] = item("结算基金分项", default=[])


class CancelCharge(
    Asked[CancelledCharge],
    code="chs.common.outpatient.settle.cancel",
    title="门诊收费撤销",
    gateway=ONETRANS,
    undo="fsi.outpatient.charge",
    quiet=300,
    patience=120,
):
    """Take back an outpatient's settlement with the insurer (3.1.3.7)."""

    insuplc_admdvs: str | None = item("参保地医保区划", 6, pattern="^[0-9]{6}$", default=None)
    mdtrtarea_admvs: str | None = item("就医地医保区划", 6, pattern="^[0-9]{6}$", default=None)
    fixmedins_code: str = item("定点医药机构编号", 12, min_length=1)
    fixmedins_name: str = item("定点医药机构名称", 20, min_length=1)
    mdtrt_id: str = item("就诊ID", 30, min_length=1)
    setl_id: str = item("结算ID", 30, min_length=1)
    psn_no: str = item("人员编号", 30, secret=True, min_length=1)
    expContent: str | None = item("字段扩展", 4000, secret=True, default=None)
