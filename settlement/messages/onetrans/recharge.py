"""Paying into a prepaid account at the cashier's window, by code, or on credit (3.1.3.3)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import ConfigDict, StringConstraints, model_validator

from portal.gateway.desk import ONETRANS
from portal.gateway.messages import Exact, Money, item
from settlement.messages.onetrans.gateway import WIDE, Asked, Condition, Group, Piece, filled, needed, refuse

ONE_BAR = "CHS_ONE_BAR"
#: payType of credit that must name its registration.
REGISTERED = "2"
#: Whatever a hospital's system wants to get back.
Passed = Annotated[str, StringConstraints(max_length=128)]


class MedicalContent(Piece):
    """The insurer's settlement that is paid with one code (medicalContent)."""

    bizTraceNo: str = item("医保核心的业务流水号", 64, min_length=1)
    ecCode: str = item("医保码值", 128, secret=True, min_length=1)
    feeSumamt: Money = item("订单总金额", ge=0)
    fundPay: Money = item("医保统筹基金支付金额", ge=0)
    psnAcctPay: Money = item("医保个人账户支付金额", ge=0)
    ownPayAmt: Money = item("自费现金支付金额", ge=0)


class BusinessInfo(Piece):
    """What the treatment on credit is (businessInfo)."""

    bizType: str | None = item("就医类型", 5, pattern="^[0-9A-Za-z]{1,5}$", default=None)
    deptCode: str | None = item("科室编码", 5, pattern="^[0-9A-Za-z]{1,5}$", default=None)
    sceneType: str = item("场景类型", 5, pattern="^[0-9A-Za-z]{1,5}$")
    sourceType: str = item("来源类型", 5, pattern="^[0-9A-Za-z]{1,5}$")
    medType: str | None = item("医疗类别", 2, default=None)


class FeeItem(Piece):
    """One line of what is paid on credit (feeItemList)."""

    itemInfo: str | None = item("项目名称", 32, default=None)
    itemFee: Money | None = item("项目费用", default=None)
    itemDesc: str | None = item("项目描述", 256, default=None)
    itemNo: str | None = item("项目编码", 64, default=None)
    feedetlSn: str | None = item("处方明细流水号", 64, default=None)


class PayInfo(Piece):
    """How a payment on credit divides (payInfo)."""

    totalPayAmt: Money = item("总支付金额", ge=0)
    insuPayAmt: Money = item("医保支付金额", ge=0)
    yjjPayAmt: Money = item("预交金支付金额", ge=0)
    wxPayAmt: Money | None = item("微信支付金额", ge=0, default=None)
    aliPayAmt: Money | None = item("支付宝支付金额", ge=0, default=None)
    otherPayAmt: Money | None = item("其他金额", ge=0, default=None)
    feeItemList: list[FeeItem] | None = item("费用明细集合", many=(0, 200), default=None)


class RechargeExtra(Piece):
    """Further parameters of a recharge (extra): what the patient reads, paying with one insurance code, and credit.

    Any other text is passed to the hospital's own system, under names that it chooses.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Passed]

    subject: str | None = item("订单名称", 128, default=None)
    spbill_create_ip: str | None = item("手机终端IP", 30, default=None)
    notifyUrl: str | None = item("后端回调地址", 30, default=None)
    ecToken: str | None = item("电子凭证ecToken", 64, secret=True, default=None)
    medicalContent: MedicalContent | None = item("结算信息对象", default=None)
    empiUserId: str | None = item("电子健康卡用户主索引", 64, secret=True, default=None)
    payType: str | None = item("信用支付方式", 32, default=None)
    transId: str | None = item("卫健委结算提升平台登记ID", 64, default=None)
    creditPayType: str | None = item("信用模式", 8, codes="onetrans.credit_pay_type", default=None)
    agreementNo: str | None = item("信用协议号", 32, secret=True, default=None)
    outAgreementNo: str | None = item("外部信用协议号", 32, secret=True, default=None)
    agreementType: str | None = item("信用协议号类型", 10, default=None)
    frozenType: str | None = item("信用记账类型", 1, codes="onetrans.frozen_type", default=None)
    businessInfo: BusinessInfo | None = item("业务信息", default=None)
    payInfo: PayInfo | None = item("支付详情", default=None)

    @property
    def is_credit(self) -> bool:
        """Whether anything of the part about credit is there."""
        return any((self.empiUserId, self.payType, self.agreementNo, self.outAgreementNo, self.payInfo))

    @model_validator(mode="after")
    def _whole_credit(self) -> RechargeExtra:
        if not self.is_credit:
            return self
        wrong: list[Condition] = [*needed(self, ("empiUserId", "payType", "businessInfo", "payInfo"), "信用就医时")]
        if not self.agreementNo:
            wrong += needed(self, ("outAgreementNo", "agreementType"), "没有信用协议号时")
        if self.payType == REGISTERED:
            wrong += needed(self, ("transId",), "支付方式为 2 时")
        refuse(self, wrong)
        return self


class RechargedExtra(Group):
    """Further facts about a payment (extra)."""

    paytype: str = item("最终交易渠道类型码", 16, default="")
    callsn: str = item("HIS交易订单号", 32, default="")
    externalNo: str = item("第三方流水号", 128, default="")
    resNote: str = item("返回信息", 32, default="")
    BankCardNo: str = item("银行卡号", 32, secret=True, default="")
    posIssuingBank: str = item("银行卡发卡行代码/名称", 32, default="")
    BankCardType: str = item("银行卡借贷记类型", 32, default="")
    posConsultNo: str = item("银行卡交易参考号", 32, default="")
    posVoucherNo: str = item("银行卡交易凭证号", 32, default="")


class Recharged(Group):
    """What the payment platform made of a recharge (3.1.3.3)."""

    chargeNo: str = item("支付平台充值订单号", 32, default="")
    balance: Exact | None = item("余额/押金总额", WIDE, default=None)
    traceTime: str = item("交易成功时间", 19, default="")
    traceNo: str = item("支付平台跟踪号", 32, default="")
    qrcode: str = item("二维码链接串", 256, secret=True, default="")
    callsn: str = item("HIS交易订单号", 32, default="")
    extra: RechargedExtra | None = item("额外参数", default=None)


class Recharge(
    Asked[Recharged],
    code="hop.trade.recharge",
    title="预交金账户充值下单",
    gateway=ONETRANS,
    undo="hop.trade.refund",
    check="hop.trade.query",
    quiet=480,
    patience=300,
):
    """Open the cashier's window, where the patient pays into the account (3.1.3.3)."""

    payAppId: str = filled("统一支付平台APPID", 32)
    payAppSecret: str = filled("统一支付平台AppSecret", 32, secret=True)
    termNo: str = filled("终端编号", 64)
    cardType: str = item("卡类型", 2, codes="onetrans.card_type", min_length=1)
    cardNo: str = item("卡号/住院号", 32, secret=True, min_length=1)
    accountType: str = item("帐户类型", 2, codes="onetrans.account_type", min_length=1)
    hisCustId: str = item("患者院内ID", 32, min_length=1)
    idNo: str | None = item("身份证号", 32, secret=True, default=None)
    userName: str = item("患者姓名", 64, secret=True, min_length=1)
    amount: Money = item("充值金额", gt=Decimal(0))
    origBalance: Money | None = item("充值前预交金余额", default=None)
    outChargeNo: str = item("商户充值业务流水", 32, min_length=1)
    depositType: str | None = item("支付方式", 32, codes="onetrans.deposit_type", default=None)
    hisOrderNo: str | None = item("HIS流水号", 32, default=None)
    feeType: str | None = item("费用类型", 32, default=None)
    notes: str | None = item("备注信息", 256, default=None)
    extra: RechargeExtra | None = item("充值扩展入参", default=None)

    @model_validator(mode="after")
    def _one_code(self) -> Recharge:
        if self.depositType == ONE_BAR:
            refuse(self, needed(self, ("extra",), "医保一码付时"))
            assert self.extra is not None
            missing = needed(self.extra, ("ecToken", "medicalContent"), "医保一码付时")
            refuse(self, [(f"extra.{name}", kind, said) for name, kind, said in missing])
        return self
