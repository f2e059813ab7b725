"""What people ask for: sign in now, sign out now, take over. Carried out by a job; a request never calls a gateway."""

from __future__ import annotations

from dataclasses import dataclass, replace

from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.audit import Action, record
from portal.gateway import actions, wire
from portal.gateway.channels.models import Channel
from portal.gateway.errors import NotSent
from portal.gateway.messages import Gateway, gateway, gateways
from portal.gateway.sessions import leaving, services
from portal.gateway.sessions.models import BLOCKED, GatewaySession, SessionState
from portal.jobs import Job, start
from portal.jobs.models import LIVE

KIND = "gateway.session.act"
ACTS: dict[str, tuple[str, Action]] = {
    "in": ("登录", actions.SIGNED_IN),
    "out": ("退出登录", actions.SIGNED_OUT),
    "over": ("接管登录", actions.TAKEN_OVER),
}


@dataclass(frozen=True)
class SessionShown:
    """How an institution stands with one gateway in one environment; `job` is what somebody asked for last."""

    gateway: Gateway
    environment: str
    user_name: str
    row: GatewaySession | None
    job: Job | None

    @property
    def state(self) -> SessionState:
        return SessionState(self.row.state) if self.row else SessionState.OUT

    @property
    def label(self) -> str:
        return self.state.label

    @property
    def tone(self) -> str:
        if self.state is SessionState.IN:
            return "good"
        return "warn" if self.state in (SessionState.TAKEN, SessionState.UNSURE) else self.is_refused * "bad"

    @property
    def is_refused(self) -> bool:
        return self.state is SessionState.REFUSED

    @property
    def is_in(self) -> bool:
        return self.state in (SessionState.IN, SessionState.LEAVING)

    @property
    def may_be_taken_over(self) -> bool:
        return self.state in (SessionState.TAKEN, SessionState.UNSURE)

    @property
    def is_moving(self) -> bool:
        return self.job is not None and self.job.state in LIVE


def has_sessions(name: str) -> bool:
    """Whether somebody must sign in at this gateway."""
    return wire.wire(gateway(name).wire).sessions is not None


def shown(name: str, environment: str) -> SessionShown | None:
    """The open institution's session at this gateway; None without a channel, or where nobody signs in."""
    channel = Channel.objects.filter(gateway=name, environment=environment).first() if has_sessions(name) else None
    if channel is None:
        return None
    rows = GatewaySession.objects.filter(gateway=name, environment=environment, user_name=channel.user_name)
    jobs = Job.objects.filter(kind=KIND, key=key_of(name, environment)).order_by("-created_at")
    return SessionShown(gateway(name), environment, channel.user_name, rows.first(), jobs.first())


def all_shown(environment: str) -> list[SessionShown]:
    found = [shown(one.name, environment) for one in gateways()]
    return [one for one in found if one is not None]


def key_of(name: str, environment: str) -> str:
    return f"{name}/{environment}"


def start_act(name: str, environment: str, act: str, *, by: Member) -> Job:
    """Begin to sign in, sign out or take over; inside the door. LookupError for what does not exist.

    Recorded before anything is sent. Joins what is under way already.
    """
    label, action = ACTS[act]
    if shown(name, environment) is None:
        raise LookupError(f"no sessions at {name}")
    title = gateway(name).title
    params = {"gateway": name, "environment": environment, "act": act}
    job = start(KIND, key_of(name, environment), by=by, title=f"{label}：{title}", params=params)
    if not job.joined:
        record(action, job, by=by, gateway=title)
    return job


def carry_out(institution_id: int, name: str, environment: str, act: str) -> str:
    """What came of it, in a sentence. Outside any transaction."""
    with tenant_tx(institution_id):
        channel = Channel.objects.filter(gateway=name, environment=environment).first()
        if channel is None:
            return "本机构还没有配置这个接口"
        try:
            settings = channel.settings()
        except NotSent as error:
            return error.sentence
        row = services.session_row(settings, environment)
        if act == "in" and row is not None and row.state in BLOCKED:
            services.change(row, SessionState(row.state), row.message, not_before=None)
    if act == "over":
        return leaving.take_over(settings, institution_id, environment)
    if act == "out":
        return _leave(institution_id, row)
    try:
        services.entered(replace(settings, session=""), "", institution_id, environment)
    except NotSent as error:
        return error.sentence
    return "已登录"


def _leave(institution_id: int, row: GatewaySession | None) -> str:
    if row is None or row.session is None:
        return "本来就没有登录"
    done = leaving.leave(institution_id, row)
    return "已退出登录" if done else "退出登录没有成功，系统稍后自动再试；登录 2 小时内自动失效"
