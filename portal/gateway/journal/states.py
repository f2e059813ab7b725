"""What an operation can be, and what it may become; the same table is a trigger in the database (design 3.2)."""

from django.db import models


class State(models.TextChoices):
    DRAFT = "draft", "待复核"
    APPROVED = "approved", "已复核"
    QUEUED = "queued", "排队中"
    SENDING = "sending", "发送中"
    DONE = "done", "已完成"
    REJECTED = "rejected", "被接口拒绝"
    IN_DOUBT = "in_doubt", "结果待确认"
    RESOLVING = "resolving", "结果待确认（核实中）"
    REVERSING = "reversing", "结果待确认（冲正中）"
    REVERSED = "reversed", "已冲正"
    MANUAL = "manual", "结果待确认（须人工处理）"
    REFUSED = "refused", "复核未通过"
    WITHDRAWN = "withdrawn", "已撤回"


LEGAL: dict[State, frozenset[State]] = {
    # A draft or queued operation is in doubt when a restored database no longer knows that it was sent.
    State.DRAFT: frozenset({State.APPROVED, State.REFUSED, State.WITHDRAWN, State.IN_DOUBT}),
    State.APPROVED: frozenset({State.QUEUED, State.WITHDRAWN, State.IN_DOUBT}),
    State.QUEUED: frozenset({State.SENDING, State.WITHDRAWN, State.IN_DOUBT}),
    State.SENDING: frozenset({State.DONE, State.REJECTED, State.IN_DOUBT, State.QUEUED}),
    State.IN_DOUBT: frozenset({State.RESOLVING}),
    State.RESOLVING: frozenset({State.DONE, State.QUEUED, State.REJECTED, State.REVERSING, State.MANUAL}),
    State.REVERSING: frozenset({State.REVERSED, State.MANUAL}),
    State.MANUAL: frozenset({State.DONE, State.QUEUED, State.REJECTED, State.REVERSING}),
    State.DONE: frozenset(),
    State.REJECTED: frozenset(),
    State.REVERSED: frozenset(),
    State.REFUSED: frozenset(),
    State.WITHDRAWN: frozenset(),
}

#: A business object has at most one operation of a kind in these states.
LIVE = (
    State.DRAFT,
    State.APPROVED,
    State.QUEUED,
    State.SENDING,
    State.IN_DOUBT,
    State.RESOLVING,
    State.REVERSING,
    State.MANUAL,
)
#: The effect may or may not have happened: 结果待确认.
DOUBTFUL = (State.IN_DOUBT, State.RESOLVING, State.REVERSING, State.MANUAL)
#: Moving without anybody's help: pages of these poll.
MOVING = (State.APPROVED, State.QUEUED, State.SENDING, State.IN_DOUBT, State.RESOLVING, State.REVERSING)


class Outcome(models.TextChoices):
    """How an attempt ended; portal.gateway.errors says what belongs where."""

    PENDING = "", "等待答复"
    OK = "ok", "成功"
    OK_UNPARSED = "ok_unparsed", "成功，但答复无法读取"
    REJECTED = "rejected", "被拒绝"
    NOT_SENT = "not_sent", "未发出"
    UNKNOWN = "unknown", "结果待确认"


class Finding(models.TextChoices):
    """What a piece of evidence says about the effect of an attempt."""

    APPLIED = "applied", "已生效"
    NOT_APPLIED = "not_applied", "未生效"
    UNKNOWN = "unknown", "仍无法确定"


class Method(models.TextChoices):
    """Where a piece of evidence comes from."""

    QUERY = "query", "向接口查询"
    LATE_REPLY = "late_reply", "迟到的答复"
    SPOOL = "spool", "发送登记簿"
    PROPOSAL = "proposal", "一人认定"
    PEOPLE = "people", "两人认定"


class Task(models.TextChoices):
    """Why a person must look at an operation, beyond its state."""

    NONE = "", "无"
    UNPARSED = "unparsed", "接口已受理，但答复无法读取，请人工阅读原文"
    UNAPPLIED = "unapplied", "接口已受理，门户入账未完成，系统会自动重试"
    RECOVERED = "recovered", "数据恢复后发现的请求，须先核对"
    CONTRADICTION = "contradiction", "先后得到的证据互相矛盾，请人工核对"
