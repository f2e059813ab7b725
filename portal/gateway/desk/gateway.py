"""The gateway that desk bridges lead to, and how a request says at which desk it is to be carried out."""

from __future__ import annotations

from typing import Any

from portal import codes
from portal.gateway.messages import Gateway, Refusal, item, request_class

codes.name_scope("onetrans", "OneTrans 动态库")

#: The item by which a request names its desk; it never reaches the library.
DESK = "desk"
#: What a card function's own value becomes as a code: they have no list of codes.
CARD_REFUSED = "card"


def at_desk() -> Any:
    """The item of a request that names the desk where it is carried out: `Desk.pk` as text, empty for any."""
    return item("终端", 36, pattern=r"^(|[0-9a-f-]{36})$", default="")


class DeskGateway(Gateway):
    """A library whose codes are not listed (appendix 错误码定义表: xxxxxx): what they prove depends on what was asked.

    A query that was refused has had no effect, whatever the code. A change proves nothing by any code: its state is
    to be asked for (hop.trade.refund, note). Only the card functions say of every other value that they failed.
    """

    def refusal(self, code: str, transaction: str, message: str = "") -> Refusal | None:
        listed = super().refusal(code, transaction, message)
        is_card = code.startswith(CARD_REFUSED)
        if listed is not None or not (is_card or request_class(self, transaction).safe):
            return listed
        clause = "补充接口 2.3 读卡动态库" if is_card else "附录 错误码定义表"
        text = "动态库没有说明原因"
        return Refusal(code, "动态库答复：{message}", clause, "请按提示处理后再试", text=text).of(message)

    def lane(self, request: Any) -> str:
        """The desk: its library is a session of its own."""
        return str(getattr(request, DESK, ""))


ONETRANS = DeskGateway(
    "onetrans",
    "OneTrans 动态库",
    wire="desk",
    subjects=("outRefundNo", "outChargeNo", "outTradeNo", "out_authorize_no", "setl_id", "mdtrt_id"),
)
