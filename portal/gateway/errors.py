"""The three ways a gateway call can fail, and nothing finer: what matters is whether it may have had an effect."""

from __future__ import annotations

from enum import StrEnum


class Doubt(StrEnum):
    """Why the outcome of a call is unknown; the value is stored in the journal, the sentence is shown."""

    TIMEOUT = "timeout"
    RESET = "reset"
    STATUS = "status"
    REDIRECT = "redirect"
    HTML = "html"
    TRUNCATED = "truncated"
    TOO_LARGE = "too_large"
    SHAPE = "shape"
    SIGNATURE = "signature"
    NONCE = "nonce"
    TIMESTAMP = "timestamp"
    DECRYPTION = "decryption"
    CODE = "code"

    @property
    def sentence(self) -> str:
        """What a clerk reads beside 结果待确认."""
        return DOUBTS[self]


DOUBTS = {
    Doubt.TIMEOUT: "接口在规定时间内没有答复",
    Doubt.RESET: "连接在答复完成前中断",
    Doubt.STATUS: "接口返回了异常的 HTTP 状态",
    Doubt.REDIRECT: "接口要求转到另一个地址，未跟随",
    Doubt.HTML: "接口返回了网页而不是业务报文",
    Doubt.TRUNCATED: "接口的答复不完整",
    Doubt.TOO_LARGE: "接口的答复超过了允许的大小",
    Doubt.SHAPE: "接口的答复不是约定的报文格式",
    Doubt.SIGNATURE: "答复的签名验证不通过",
    Doubt.NONCE: "答复与本次请求不对应",
    Doubt.TIMESTAMP: "答复的时间戳与本机相差超过规定",
    Doubt.DECRYPTION: "答复无法解密",
    Doubt.CODE: "接口返回了未列入明确拒绝清单的代码",
}


class GatewayError(Exception):
    """A gateway call that did not end in success; `sentence` is fit for a person."""

    #: True when the same request may simply be sent again.
    may_repeat = False

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotSent(GatewayError):
    """Nothing left this machine: name not resolved, connection refused, TLS failed, own settings wrong."""

    may_repeat = True


class Rejected(GatewayError):
    """An authentic reply with a code on the transaction's definite-reject list: there was no effect."""

    def __init__(self, code: str, message: str, sentence: str = "") -> None:
        super().__init__(sentence or message or f"接口拒绝（{code}）")
        self.code = code
        self.message = message


class Unknown(GatewayError):
    """Anything else: the request may have had its effect, and only evidence may decide.

    `evidence` is the beginning of what arrived (at most 64 KB), for the encrypted journal.
    """

    def __init__(self, reason: Doubt, detail: str = "", *, evidence: bytes = b"") -> None:
        super().__init__(f"{reason.sentence}（{detail}）" if detail else reason.sentence)
        self.reason = reason
        self.detail = detail
        self.evidence = evidence[:65536]
