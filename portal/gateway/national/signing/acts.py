"""What people ask for: sign in for the shift, sign out. Carried out by a job; a request never calls a gateway."""

from __future__ import annotations

from dataclasses import dataclass

from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.access.models import User
from portal.audit import record
from portal.gateway import actions, wire
from portal.gateway.channels.models import Channel
from portal.gateway.errors import NotSent
from portal.gateway.messages import gateway, gateways
from portal.gateway.national.signing import leaving, services
from portal.gateway.national.signing.models import NationalSignIn, SignState
from portal.jobs import Job, start
from portal.jobs.models import LIVE

KIND = "gateway.signing.act"
IN, OUT = "in", "out"
LABELS = {IN: "签到", OUT: "签退"}
ACTIONS = {IN: actions.SHIFT_BEGUN, OUT: actions.SHIFT_ENDED}


@dataclass(frozen=True)
class ShiftShown:
    """One operator as the page shows them; `job` is what somebody asked for last."""

    row: NationalSignIn
    is_mine: bool
    job: Job | None

    @property
    def tone(self) -> str:
        return {SignState.IN: "good", SignState.REFUSED: "bad", SignState.UNSURE: "warn"}.get(
            SignState(self.row.state), ""
        )

    @property
    def is_moving(self) -> bool:
        return self.job is not None and self.job.state in LIVE

    @property
    def may_end(self) -> bool:
        return self.row.sign_no is not None and not self.is_moving


@dataclass(frozen=True)
class Counter:
    """The shifts of an institution at one gateway: the channel's rules, its operators, and whether one may begin."""

    gateway: str
    title: str
    is_used: bool
    hours: int
    ends: tuple[str, ...]
    idle: int
    shifts: list[ShiftShown]
    beginning: Job | None
    may_begin: bool

    @property
    def is_moving(self) -> bool:
        return any(one.is_moving for one in self.shifts) or self.beginning is not None


def counters(environment: str, member: Member) -> list[Counter]:
    """Every gateway of the open institution where operators sign in, with who is signed in since when."""
    names = [one.name for one in gateways() if wire.wire(one.wire).signing is not None]
    channels = Channel.objects.filter(gateway__in=names, environment=environment, is_active=True)
    return [counter for channel in channels if (counter := _counter(channel, member)) is not None]


def _counter(channel: Channel, member: Member) -> Counter | None:
    try:
        settings = channel.settings()
    except (NotSent, ValueError):
        return None
    kind = wire.wire(settings.gateway.wire)
    shift = kind.shift(settings)
    rows = NationalSignIn.objects.filter(gateway=channel.gateway, environment=channel.environment)
    jobs = {job.key: job for job in Job.objects.filter(kind=KIND, state__in=LIVE)}
    shown = [_shown(row, member, jobs) for row in rows.select_related("user").order_by("-changed_at")[:200]]
    key = key_of(channel.gateway, channel.environment, str(member.user.pk) if member.user else "")
    mine = any(one.is_mine and one.row.state == SignState.IN for one in shown)
    return Counter(
        gateway=channel.gateway,
        title=settings.gateway.title,
        is_used=kind.signs(settings, ""),
        hours=shift.hours,
        ends=tuple(f"{one:%H:%M}" for one in shift.ends),
        idle=int(shift.idle.total_seconds() // 60),
        shifts=shown,
        beginning=jobs.get(key),
        may_begin=member.user is not None and not mine and kind.signs(settings, ""),
    )


def _shown(row: NationalSignIn, member: Member, jobs: dict[str, Job]) -> ShiftShown:
    return ShiftShown(row, row.user is not None and member.is_user(row.user.pk), jobs.get(str(row.pk)))


def key_of(name: str, environment: str, user: str) -> str:
    return f"{name}/{environment}/{user}"


def begin_shift(name: str, environment: str, *, by: Member) -> Job:
    """Sign this person in now instead of at the first call; inside the door. LookupError where nobody signs in."""
    if wire.wire(gateway(name).wire).signing is None:
        raise LookupError(f"nobody signs in at {name}")
    params = {"gateway": name, "environment": environment, "act": IN}
    return _started(key_of(name, environment, str(by.person.pk)), params, IN, name, by.label, by)


def end_shift(row: NationalSignIn, *, by: Member) -> Job:
    """Sign this operator out now; inside the door."""
    params = {"row": str(row.pk), "act": OUT}
    return _started(str(row.pk), params, OUT, row.gateway, row.operator_name or row.operator, by)


def _started(key: str, params: dict[str, str], act: str, name: str, operator: str, by: Member) -> Job:
    title = f"{LABELS[act]}：{operator}"
    job = start(KIND, key, by=by, title=title, params=params)
    if not job.joined:
        record(ACTIONS[act], job, by=by, operator=operator, gateway=gateway(name).title)
    return job


def carry_out(institution_id: int, asked: dict[str, str], person: User | None) -> str:
    """What came of it, in a sentence. Outside any transaction."""
    if asked["act"] == OUT:
        with tenant_tx(institution_id):
            row = NationalSignIn.objects.filter(pk=asked["row"]).first()
        if row is None or row.sign_no is None:
            return "本来就没有签到"
        done = leaving.sign_out(institution_id, row, asked=True)
        return "已签退" if done else "签退没有成功，系统稍后自动再试；签到 24 小时后自动失效"
    with tenant_tx(institution_id):
        channel = Channel.objects.filter(gateway=asked["gateway"], environment=asked["environment"]).first()
        if channel is None:
            return "本机构还没有配置这个接口"
        try:
            settings = services.as_operator(channel.settings(), person)
        except NotSent as error:
            return error.sentence
        row = services.row_of(settings, asked["environment"])
        if row is not None and row.not_before is not None:
            services.change(row, SignState(row.state), row.message, not_before=None)
    try:
        services.signed(settings, "", institution_id, asked["environment"], person)
    except NotSent as error:
        return error.sentence
    return "已签到"
