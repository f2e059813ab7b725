"""Money on a prepaid account: asking how a trade stands, and giving money back (3.1.3.4, 3.1.3.5)."""

from __future__ import annotations

from decimal import Decimal

from pydantic import model_validator

from portal.gateway.desk import ONETRANS
from portal.gateway.messages import Exact, Money, item
from settlement.messages.onetrans.gateway import WIDE, Asked, Group, filled, needed, not_here, refuse

RECHARGE, REFUND = "hop.trade.recharge", "hop.trade.refund"


class TradeExtra(Group):
    """What the hospital's own system said (extra)."""

    paytype: str = item("最终交易渠道类型码", 16, default="")
    callsn: str = item("HIS交易订单号", 32, default="")
    resNote: str = item("返回信息", 32, default="")


class Trade(Group):
    """How a trade stands (3.1.3.4). `canRrefundAmt` stands in the sample only, `balance` nowhere: what `isBalance`
    asks for has no row of its own."""

    result: str = item("交易结果状态码", 32, codes="onetrans.trade_result", default="")
    tradeMode: str = item("支付渠道", 16, default="")
    channel: str = item("支付渠道编码", 16, default="")
    resultDesc: str = item("交易结果说明", 16, default="")
    origTraceNo: str = item("查询交易平台跟踪号", 32, default="")
    origTraceTime: str = item("查询交易成功时间", 32, default="")
    traceNo: str = item("支付平台跟踪号", 256, default="")
    chargeNo: str = item("支付平台充值订单号", 32, default="")
    refundedAmt: Exact | None = item("已退金额", WIDE, default=None)
    refundingAmt: Exact | None = item("退款中金额", WIDE, default=None)
    refundCount: int | None = item("退款次数", default=None)
    canRrefundAmt: Exact | None = item("可退金额", WIDE, default=None)
    balance: Exact | None = item("余额", WIDE, default=None)
    extra: TradeExtra | None = item("额外参数", default=None)


class QueryTrade(Asked[Trade], code="hop.trade.query", title="交易结果查询", gateway=ONETRANS, safe=True):
    """How a recharge or a refund stands, by the platform's number or by ours (3.1.3.4)."""

    payAppId: str = filled("统一支付平台APPID", 32)
    payAppSecret: str = filled("统一支付平台AppSecret", 32, secret=True)
    termNo: str = filled("终端编号", 64)
    cardType: str = item("卡类型", 2, codes="onetrans.card_type", min_length=1)
    cardNo: str = item("卡号/住院号", 32, secret=True, min_length=1)
    accountType: str = item("帐户类型", 2, codes="onetrans.account_type", min_length=1)
    tradeType: str = item("查询交易类型", 32, codes="onetrans.trade_type", min_length=1)
    isBalance: str | None = item("是否查询余额", 1, pattern="^[01]$", default=None)
    isRefund: str | None = item("是否查询退款情况", 1, pattern="^[01]$", default=None)
    idNo: str | None = item("身份证号", 32, secret=True, default=None)
    outTradeNo: str | None = item("商户业务流水号", 32, default=None)
    traceNo: str | None = item("支付平台跟踪号", 32, default=None)
    hisOrderNo: str | None = item("HIS流水号", 32, default=None)
    notes: str | None = item("备注信息", 256, default=None)

    @model_validator(mode="after")
    def _one_number(self) -> QueryTrade:
        if not self.traceNo:
            refuse(self, needed(self, ("outTradeNo",), "没有支付平台跟踪号时"))
        if self.isBalance == "1":
            refuse(self, needed(self, ("idNo",), "查询余额时"))
        if self.tradeType == RECHARGE:
            refuse(self, not_here(self, ("isRefund",), "查询充值时"))
        return self


class RefundExtra(Group):
    """Further numbers of a refund (extra)."""

    externalNo: str = item("第三方流水号", 128, default="")


class Refunded(Group):
    """What became of a refund (3.1.3.5). The sample has four of these: without `result` a query tells."""

    outRefundNo: str = item("商户退款订单号", 32, default="")
    traceTime: str = item("平台交易成功时间", 32, default="")
    traceNo: str = item("平台交易跟踪号", 32, default="")
    tradeMode: str = item("原支付渠道", 16, default="")
    result: str = item("交易结果状态码", 32, codes="onetrans.trade_result", default="")
    channel: str = item("支付渠道编码", 16, default="")
    resultDesc: str = item("交易结果说明", 16, default="")
    origTraceNo: str = item("查询交易平台跟踪号", 32, default="")
    origTraceTime: str = item("查询交易成功时间", 32, default="")
    chargeNo: str = item("支付平台充值订单号", 32, default="")
    refundedAmt: Exact | None = item("已退金额", WIDE, default=None)
    refundingAmt: Exact | None = item("退款中金额", WIDE, default=None)
    refundCount: int | None = item("退款次数", default=None)
    extra: RefundExtra | None = item("拓展参数", default=None)


class RefundTrade(
    Asked[Refunded],
    code=REFUND,
    title="预交金账户退款",
    gateway=ONETRANS,
    check="hop.trade.query",
    quiet=300,
    patience=120,
):
    """Give back money of one recharge. Whatever was not answered normally is asked about first, and what is sent again
    keeps its `outRefundNo` (3.1.3.5)."""

    payAppId: str = filled("统一支付平台APPID", 32)
    payAppSecret: str = filled("统一支付平台AppSecret", 32, secret=True)
    termNo: str = filled("终端编号", 64)
    cardType: str = item("卡类型", 2, codes="onetrans.card_type", min_length=1)
    cardNo: str = item("卡号/住院号", 32, secret=True, min_length=1)
    accountType: str = item("帐户类型", 2, codes="onetrans.account_type", min_length=1)
    idNo: str | None = item("身份证号", 32, secret=True, default=None)
    userName: str = item("患者姓名", 64, secret=True, min_length=1)
    amount: Money = item("退款金额", gt=Decimal(0))
    withdrawMode: str = item("退款方式", 1, codes="onetrans.withdraw_mode", min_length=1)
    refundType: str = item("退款流程控制参数", 32, codes="onetrans.refund_type", min_length=1)
    traceNo: str | None = item("支付平台跟踪号", 256, default=None)
    outChargeNo: str | None = item("原商户充值订单号", 32, default=None)
    hisOrderNo: str | None = item("HIS流水号", 32, default=None)
    outRefundNo: str = item("商户退款订单号", 32, min_length=1)
    hisCustId: str = item("患者院内ID", 32, min_length=1)
    channelType: str | None = item("原充值交易的渠道类型", 2, codes="onetrans.channel_type", default=None)

    @model_validator(mode="after")
    def _of_one_recharge(self) -> RefundTrade:
        if not self.traceNo:
            refuse(self, needed(self, ("outChargeNo",), "没有支付平台跟踪号时"))
        return self
