"""The promises of design 3.1, checked against the journal, the spool, and what the other side says happened.

Each check is a pure reading: it returns sentences about what is wrong and writes nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from portal.access.door import tenant_tx
from portal.gateway import client
from portal.gateway.channels.models import Channel
from portal.gateway.journal import spool
from portal.gateway.journal.models import Attempt, Evidence, Operation
from portal.gateway.journal.states import DOUBTFUL, Finding, Method, Outcome, State
from portal.jobs.sweeps import institutions

TITLES = {
    "I1": "同一业务对象在接口最多有一个有效结果",
    "I2": "接口的每个结果都有记录，每个受理的请求都有着落",
    "I3": "发送之前已有提交的记录和落盘的登记",
    "I4": "结果未知不当作失败",
    "I5": "没有证据不重发",
    "I6": "同一机构同一接口（同一终端）一次只有一个修改类请求",
    "I7": "就诊有未决事项或金额不符时不结算",
    "I8": "调用接口期间没有打开的数据库事务",
}
#: Both clocks are read at different moments of one call.
CLOCKS = timedelta(seconds=2)
#: A transaction open this long is not a page or a job step any more; seconds.
IDLE = 30


@dataclass(frozen=True)
class Broken:
    """One thing that is not as promised."""

    promise: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.promise} {TITLES[self.promise]}：{self.sentence}"


@dataclass(frozen=True)
class Truth:
    """What one gateway's other side says: every effect with the message id that brought it about."""

    gateway: str
    environment: str
    effects: tuple[dict[str, Any], ...]
    #: What is there now, by the name of the party; as each business tells it.
    state: Mapping[str, Any] = field(default_factory=dict)


#: Checks that only a business can make (I7): called with the institution, inside its door.
Check = Callable[[int], Iterable[str]]
_checks: list[tuple[str, Check]] = []


def invariant(promise: str) -> Callable[[Check], Check]:
    """A business adds its own check of one of the promises; it yields a sentence for everything that is wrong."""
    if promise not in TITLES:
        raise ValueError(f"{promise} is no promise of design 3.1")

    def declare(check: Check) -> Check:
        _checks.append((promise, check))
        return check

    return declare


#: Lays a business's rows beside what the other side has now: (promise, sentence) for every difference.
Comparison = Callable[[Any], Iterable[tuple[str, str]]]
_comparisons: list[tuple[str, Comparison]] = []


def compared_with(gateway: str) -> Callable[[Comparison], Comparison]:
    """A business adds its own comparison; called inside the institution's door with its party's state there."""

    def declare(compare: Comparison) -> Comparison:
        _comparisons.append((gateway, compare))
        return compare

    return declare


def is_checked(promise: str) -> bool:
    """I7 is a promise about settlements: without a business that settles there is nothing to look at."""
    return promise != "I7" or any(name == promise for name, _ in _checks)


def check_everything(truths: Iterable[Truth] = ()) -> list[Broken]:
    """Everything that is broken, in the order of the promises."""
    known = list(truths)
    found = list(no_open_transaction())
    for institution_id in institutions():
        with tenant_tx(institution_id):
            for promise, check in _checks:
                found += [Broken(promise, sentence) for sentence in check(institution_id)]
            for journal_check in JOURNAL:
                found += journal_check()
            for truth in known:
                found += against_truth(truth)
    return sorted([*found, *lines_have_rows()], key=lambda broken: broken.promise)


# --- the journal alone


def accepted_requests_end_well() -> Iterator[Broken]:
    """I2: what the gateway accepted is done, or somebody sees it."""
    seen = [State.DONE, State.REVERSED, *DOUBTFUL]
    lost = Attempt.objects.filter(outcome__in=[Outcome.OK, Outcome.OK_UNPARSED], operation__isnull=False)
    for attempt in lost.exclude(operation__state__in=seen).exclude(operation__task="contradiction"):
        yield Broken("I2", f"报文 {attempt.msgid} 已被受理，业务 {attempt.operation_id} 却不是已完成")


def unknown_is_no_failure() -> Iterator[Broken]:
    """I4: nothing ends without effect while its last message may have had one, unless two people say so."""
    ended = Operation.objects.filter(state__in=[State.REJECTED, State.WITHDRAWN, State.REFUSED], attempts__gt=0)
    for operation in ended.exclude(
        evidence_rows__method=Method.PEOPLE, evidence_rows__verdict=Finding.NOT_APPLIED
    ).exclude(task="recovered"):
        last = operation.attempt_rows.filter(n=operation.attempts).first()
        if last is not None and last.outcome in (Outcome.UNKNOWN, Outcome.OK, Outcome.OK_UNPARSED, Outcome.PENDING):
            unless_proven = Evidence.objects.filter(attempt=last, verdict=Finding.NOT_APPLIED)
            if not unless_proven.exists():
                yield Broken("I4", f"业务 {operation.pk} 已结束，最后一次发送却结果未知")


def proof_before_retry() -> Iterator[Broken]:
    """I5: after an unknown outcome, another attempt or an end as done has its evidence."""
    unknown = Attempt.objects.filter(outcome=Outcome.UNKNOWN, operation__isnull=False).select_related("operation")
    for attempt in unknown.exclude(operation__task="recovered"):
        operation = attempt.operation
        if operation is None:
            continue
        verdicts = set(Evidence.objects.filter(attempt=attempt).values_list("verdict", flat=True))
        if attempt.n < operation.attempts and Finding.NOT_APPLIED not in verdicts:
            yield Broken("I5", f"业务 {operation.pk} 第 {attempt.n} 次发送结果未知，没有未生效的证据就又发送了")
        if attempt.n == operation.attempts and operation.state == State.DONE and Finding.APPLIED not in verdicts:
            yield Broken("I5", f"业务 {operation.pk} 结果未知，没有已生效的证据就完成了")


OVERLAPS = """
SELECT a.msgid, b.msgid FROM gateway_attempt a
  JOIN gateway_operation first ON first.institution_id = a.institution_id AND first.id = a.operation_id
  JOIN gateway_attempt b
    ON b.institution_id = a.institution_id AND b.gateway = a.gateway AND b.environment = a.environment
   AND b.operation_id IS NOT NULL AND b.id <> a.id
   AND b.sent_at >= a.sent_at AND b.sent_at < least(coalesce(a.finished_at, a.deadline), a.deadline)
  JOIN gateway_operation second ON second.institution_id = b.institution_id AND second.id = b.operation_id
   AND second.lane = first.lane
 WHERE a.operation_id IS NOT NULL AND a.deadline IS NOT NULL AND b.deadline IS NOT NULL LIMIT 20
"""


def one_at_a_time() -> Iterator[Broken]:
    """I6: no two changing messages of one session (a gateway's lane) were under way together."""
    with connection.cursor() as cursor:
        cursor.execute(OVERLAPS)
        for first, second in cursor.fetchall():
            yield Broken("I6", f"报文 {second} 在报文 {first} 结束之前发出")


JOURNAL = (accepted_requests_end_well, unknown_is_no_failure, proof_before_retry, one_at_a_time)


# --- this machine


def lines_have_rows() -> Iterator[Broken]:
    """I3: every line of this machine's spool has its attempt."""
    lines: dict[int, set[str]] = defaultdict(set)
    for day in spool.days():
        for line, _ in spool.read(day):
            if isinstance(line, spool.Line):
                lines[line.institution].add(line.msgid)
    for institution_id in institutions():
        wanted = lines.pop(institution_id, set())
        if wanted:
            with tenant_tx(institution_id):
                known = set(Attempt.objects.filter(msgid__in=wanted).values_list("msgid", flat=True))
            yield from (Broken("I3", f"登记簿中的报文 {msgid} 没有记录") for msgid in sorted(wanted - known))


def no_open_transaction() -> Iterator[Broken]:
    """I8: the guard before every call works, and no session of ours sits in a transaction."""
    try:
        with transaction.atomic():
            client.refuse_inside_transaction()
        yield Broken("I8", "事务中调用接口没有被拒绝")
    except RuntimeError:
        pass
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid, extract(epoch FROM clock_timestamp() - state_change)::int FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
            " AND state LIKE 'idle in transaction%%' AND clock_timestamp() - state_change > %s * interval '1 second'",
            [IDLE],
        )
        for pid, seconds in cursor.fetchall():
            yield Broken("I8", f"数据库会话 {pid} 的事务已空等 {seconds} 秒")


# --- both directions against the other side


def names_of(truth: Truth) -> set[str]:
    """What the open institution is called at the other side."""
    channels = Channel.objects.filter(gateway=truth.gateway, environment=truth.environment)
    return {name for row in channels.values_list("app_code", "user_name") for name in row if name}


def against_truth(truth: Truth) -> Iterator[Broken]:
    """I1–I4 of the open institution: its effects there, and its journal here, say the same."""
    codes = names_of(truth)
    for gateway, compare in _comparisons:
        if gateway == truth.gateway:
            for name in sorted(codes & truth.state.keys()):
                yield from (Broken(promise, sentence) for promise, sentence in compare(truth.state[name]))
    effects = [effect for effect in truth.effects if effect["party"] in codes]
    rows = Attempt.objects.filter(gateway=truth.gateway, environment=truth.environment, operation__isnull=False)
    attempts = {row.msgid: row for row in rows.select_related("operation").defer("raw_request", "raw_reply")}
    per_operation: Counter[Any] = Counter()
    live: Counter[Any] = Counter()
    for effect in effects:
        attempt = attempts.get(effect["nonce"])
        is_live = effect.get("undone_by") is None
        if effect["duplicate"] and is_live:
            yield Broken("I1", f"接口记录了重复的结果，报文 {effect['nonce']}（{effect['business_key']}）")
        if attempt is None:
            yield Broken("I2", f"接口有报文 {effect['nonce']} 的结果，门户没有这次发送")
            continue
        per_operation[attempt.operation_id] += 1
        live[attempt.operation_id] += is_live
        if attempt.sent_at - CLOCKS > datetime.fromisoformat(effect["at"]):
            yield Broken("I3", f"报文 {attempt.msgid} 的结果早于发送记录")
        if is_live:
            yield from _effect_is_known(attempt)
    for operation_id, count in live.items():
        if count > 1:
            yield Broken("I1", f"业务 {operation_id} 在接口有 {count} 个结果")
    done = Operation.objects.filter(gateway=truth.gateway, environment=truth.environment, state=State.DONE)
    by_people = Evidence.objects.filter(method=Method.PEOPLE, verdict=Finding.APPLIED).values("operation")
    for operation in done.exclude(pk__in=by_people).exclude(pk__in=list(per_operation)):
        yield Broken("I2", f"业务 {operation.pk} 已完成，接口却没有它的结果")


def _effect_is_known(attempt: Attempt) -> Iterator[Broken]:
    operation = attempt.operation
    if operation is None or operation.state in (State.DONE, State.REVERSED, State.SENDING, *DOUBTFUL):
        return
    yield Broken("I4", f"业务 {operation.pk} 是“{operation.sentence}”，接口却有报文 {attempt.msgid} 的结果")
