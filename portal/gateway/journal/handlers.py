"""What a business does when one of its operations ends, and how it finds out whether a doubtful one happened."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, ClassVar, Protocol, TypeVar

from portal.access.door import tenant_tx
from portal.gateway.crypto import sm3
from portal.gateway.journal.models import Operation
from portal.gateway.messages import Record, Request, request_class

R = TypeVar("R", bound=Record)


class Ask(Protocol):
    """Sends one safe query on the operation's own channel; what was asked and answered goes into the evidence."""

    def __call__(self, request: Request[R], /) -> R: ...


@dataclass(frozen=True)
class Applied:
    """The gateway has the effect. `reply` is what the lost reply would have said, as far as it can be known."""

    reply: Record | None = field(repr=False)
    evidence: str


@dataclass(frozen=True)
class NotApplied:
    """The gateway has no such effect, and none can come any more: the operation may be sent again."""

    evidence: str


@dataclass(frozen=True)
class StillUnknown:
    """The answer proves neither; ask again later. `for_people`: no later answer will either, two people decide."""

    evidence: str
    for_people: bool = False


@dataclass(frozen=True)
class Moot:
    """Whether it happened makes no difference any more: a later operation has proven to leave nothing of it."""

    evidence: str


@dataclass(frozen=True)
class Declined:
    """The gateway worked on it and it came to nothing, for good: it ends as rejected, and nobody sends it again."""

    evidence: str


Verdict = Applied | NotApplied | StillUnknown | Moot | Declined


class Handler:
    """Base of `@outcome` classes; every method but `investigate` runs inside the transaction of the state change.

    A method that raises never undoes what happened at the gateway: the operation keeps its state, and `applied` and
    `rejected` are tried again by the sweep.
    """

    #: Names of the operation's expected totals, for the page and for the second person: {"disburse": "拨付金额（元）"}.
    labels: ClassVar[Mapping[str, str]] = {}
    #: Whether a second person decides about it wherever the institution works with four eyes.
    four_eyes: ClassVar[bool] = False
    #: What follows from sending it, for the second person's confirmation.
    consequence: ClassVar[str] = "复核通过后立即发送到医保中心"

    def applied(self, operation: Operation, reply: Any) -> None:
        """The effect is there. `reply` is a Record of the request's reply class, or None when nobody could read it."""

    def rejected(self, operation: Operation) -> None:
        """The effect is not there and will not come; `operation.message` says why."""

    def withdrawn(self, operation: Operation) -> None:
        """Refused by the reviewer or taken back before anything was sent."""
        self.rejected(operation)

    def approvable(self, operation: Operation) -> str:
        """Why a draft may not be let go any more, in a sentence; empty when what was prepared still holds.

        Asked when the second person approves, inside that transaction: the draft may be days old. Changes nothing and
        locks nothing.
        """
        return ""

    def resendable(self, operation: Operation) -> str:
        """Why it may not be sent once more although it is proven to have had no effect; empty when it may.

        Asked in the transaction that would queue it again: what was right to send once may be wrong by now. With a
        sentence it stays in doubt, and nobody can have it sent.
        """
        return ""

    def during(self, operation: Operation) -> Callable[[], Request[Any] | None] | None:
        """What to compute while this operation's message is under way, so that the next one is ready; None: nothing.

        Asked just before the message leaves, outside any transaction: open the door to read. What is returned runs
        for less than a second while the reply is waited for, without a database (I8); it only keeps results in
        memory, for this process to find or to make again. It returns the request that will be sent next, when it made
        one.
        """
        return None

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        """Find out whether the effect is there. Outside any transaction; open the door in short pieces.

        Errors of `ask` may pass through: they mean StillUnknown.
        """
        return StillUnknown("没有可用于核实的查询，须人工处理")


class Detached(Handler):
    """Of calls from the test console: no business hears of their end, and no program knows what would prove it."""

    consequence = "接口测试：通过后发送到医保中心的测试环境，不改变门户中的业务数据"

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        return StillUnknown("接口测试不与门户中的业务核对，请用对应的查询交易看清结果后由两人认定", for_people=True)


DETACHED = Detached()
H = TypeVar("H", bound=type[Handler])
_handlers: dict[tuple[str, str], Handler] = {}
#: By gateway: for transactions that no business's flow carries.
_otherwise: dict[str, Handler] = {}


def outcome(*kinds: type[Request[Any]]) -> Callable[[H], H]:
    """Register a Handler for these transactions; TypeError for a query or a transaction that already has one."""

    def declare(handler: H) -> H:
        for kind in kinds:
            if kind.safe:
                raise TypeError(f"{kind.__name__} is a query: it has no outcome to handle")
            if (kind.gateway.name, kind.code) in _handlers:
                raise TypeError(f"{kind.__name__} has a handler already")
            _handlers[kind.gateway.name, kind.code] = handler()
        return handler

    return declare


def otherwise(gateway: Any) -> Callable[[H], H]:
    """Register the Handler of this gateway's transactions that nobody else handles; TypeError for a second one."""

    def declare(handler: H) -> H:
        if gateway.name in _otherwise:
            raise TypeError(f"{gateway.name} has one already")
        _otherwise[gateway.name] = handler()
        return handler

    return declare


def is_handled(gateway: str, kind: str) -> bool:
    """Whether a business's flow carries this transaction."""
    return (gateway, kind) in _handlers


def handler_of(operation: Operation) -> Handler:
    """The business's handler; LookupError when there is none (a recovered operation of an unknown kind).

    A call from the test console never reaches a business.
    """
    return DETACHED if operation.by_console else handler_for(operation.gateway, operation.kind)


def handler_for(gateway: str, kind: str) -> Handler:
    found = _handlers.get((gateway, kind)) or _otherwise.get(gateway)
    if found is None:
        raise LookupError(f"nobody handles {gateway} {kind}")
    return found


def handled() -> tuple[tuple[str, str], ...]:
    return tuple(sorted(_handlers))


def request_of(operation: Operation) -> Request[Any]:
    """The operation's request; ValueError when its content is not what was once agreed to."""
    text = operation.request.reveal()
    if not text or digest(text) != operation.request_hash:
        raise ValueError("the stored request does not match its hash")
    known = _recent.get(operation.request_hash, (None,))[0]
    kind = class_of(operation)
    return known if type(known) is kind else kind.model_validate_json(text)


def class_of(operation: Operation) -> type[Request[Any]]:
    """The transaction as it was when the request was made; LookupError when nobody knows it any more."""
    if not operation.edition:
        return request_class(operation.gateway, operation.kind)
    with tenant_tx(operation.institution_pk):  # an edition is one of the institution's own rows
        return request_class(operation.gateway, operation.kind, operation.edition)


#: Requests that this process has just put into the journal, by their hash: it mostly sends them itself, and reading
#: thousands of lines again costs as much as sealing them. They are frozen, and the stored text is checked all the same.
_recent: OrderedDict[str, tuple[Request[Any], str]] = OrderedDict()
KEPT, LARGEST = 4, 2_000_000
_lock = Lock()


def write_down(request: Request[Any]) -> tuple[str, str]:
    """The text that the journal keeps of a request, and its hash; of a request written just now, as it was written."""
    with _lock:
        for text_hash, (known, text) in _recent.items():
            if known is request:
                return text, text_hash
    text = text_of(request)
    text_hash = digest(text)
    if len(text) <= LARGEST:  # larger ones are not worth their memory
        with _lock:
            _recent[text_hash] = request, text
            while len(_recent) > KEPT:
                _recent.popitem(last=False)
    return text, text_hash


def text_of(record: Record) -> str:
    """A record as JSON under its wire names; amounts as text."""
    return record.model_dump_json(by_alias=True, exclude_none=True)


def digest(text: str) -> str:
    """SM3 of the text, in lower hex."""
    return sm3(text.encode()).hex()


def reply_of(operation: Operation) -> Record | None:
    """The stored reply as the request's reply class, or None when there is none."""
    text = operation.reply.reveal() if operation.reply else ""
    if not text:
        return None
    reply: Record = class_of(operation).reply().model_validate_json(text)
    return reply
