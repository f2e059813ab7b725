"""一键切换环境: ask, confirm by a second person, wait until running work has ended (clearing manual 4.2; design 5)."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from portal.access.member import Member
from portal.access.models import Institution
from portal.access.models.institution import Environment
from portal.access.services.refusals import NotAllowed
from portal.audit import Action, record, record_platform
from portal.gateway.environments import actions
from portal.gateway.environments.models import OPEN, Switch, SwitchState
from portal.gateway.environments.services.readiness import obstacles
from portal.gateway.environments.services.work import Work, work_in
from portal.jobs import later

COMPLETE = "portal.gateway.environments.tasks.complete"
#: How long running work may take to end before the switch is given up (minutes).
DRAIN_MINUTES = 15
#: How long a request may wait for its second person (hours): after that the facts must be looked at again.
APPROVAL_HOURS = 24


class SwitchFault(NotAllowed):
    """The switch is refused; `message` is the sentence, `faults` the single obstacles when there are several."""

    def __init__(self, message: str, field: str = "", faults: tuple[str, ...] = ()) -> None:
        super().__init__(message, field)
        self.faults = faults


def phrase_for(institution: Institution, environment: str) -> str:
    """What must be typed, word for word, so that nobody switches the wrong institution to the wrong place."""
    return f"{institution.name} 切换到{Environment(environment).label}"


@transaction.atomic
def request_switch(after: str, *, reason: str, phrase: str, by: Member) -> Switch:
    """Ask for the switch, or begin it where one person is enough. The caller has asked for the password again.

    Raises SwitchFault naming every obstacle: channels that are missing, wrong or unproven, drafts that wait for
    approval, another switch that is open.
    """
    institution = locked_institution(by)
    before = institution.environment
    if after not in Environment.values or after == before:
        raise SwitchFault(f"本机构已在{Environment(before).label}")
    if len(reason.strip()) < 2:
        raise SwitchFault("请写明切换理由", "reason")
    if _plain(phrase) != _plain(phrase_for(institution, after)):
        raise SwitchFault(f"请原样输入：{phrase_for(institution, after)}", "phrase")
    refuse_unready(before, after)
    switch = Switch(
        before=before, after=after, reason=reason.strip()[:200], proposed_by=by.user, proposed_label=by.label[:100]
    )
    try:
        with transaction.atomic():
            switch.save(force_insert=True)
    except IntegrityError:
        raise SwitchFault("已有一项环境切换在办理，请先由复核人处理，或撤回后重新申请") from None
    tell(actions.REQUESTED, switch, by=by, before=label(before), after=label(after), reason=switch.reason)
    if not institution.four_eyes:
        _begin(switch)
        tell(actions.BEGUN, switch, by=by, after=label(after))
    return switch


@transaction.atomic
def approve_switch(switch: Switch, *, by: Member) -> Switch:
    """Let it begin: from now on nothing new begins, and when all has ended the environment changes.

    Raises SwitchFault for the person who asked, for a request that is decided, out of date or too old, and for every
    obstacle of `request_switch`. The caller has asked for the password again.
    """
    institution = locked_institution(by)
    mine = locked_switch(switch)
    if by.user is None or by.is_user(mine.proposed_by_id):
        raise SwitchFault("申请人不能复核自己的切换，请由另一人复核")
    if mine.state != SwitchState.PROPOSED:
        raise SwitchFault(f"这项切换{mine.get_state_display()}，不能再复核")
    if institution.environment != mine.before:
        raise SwitchFault("申请之后运行环境又有变化，请撤回后重新申请")
    if timezone.now() - mine.proposed_at > timedelta(hours=APPROVAL_HOURS):
        raise SwitchFault(f"申请已超过 {APPROVAL_HOURS} 小时，情况可能有变，请撤回后重新申请")
    refuse_unready(mine.before, mine.after)
    mine.decided_by, mine.decided_label, mine.decided_at = by.user, by.label[:100], timezone.now()
    _begin(mine)
    tell(actions.APPROVED, mine, by=by, after=label(mine.after))
    return mine


@transaction.atomic
def refuse_switch(switch: Switch, reason: str, *, by: Member) -> None:
    """Send a colleague's request back; SwitchFault without a reason, and once it is decided."""
    mine = locked_switch(switch)
    if mine.state != SwitchState.PROPOSED:
        raise SwitchFault(f"这项切换{mine.get_state_display()}，不能再处理")
    if len(reason.strip()) < 2:
        raise SwitchFault("请写明不通过的理由", "reason")
    mine.decided_by, mine.decided_label, mine.decided_at = by.user, by.label[:100], timezone.now()
    end(mine, SwitchState.REFUSED, reason.strip())
    tell(actions.REFUSED, mine, by=by, after=label(mine.after), reason=mine.note)


@transaction.atomic
def withdraw_switch(switch: Switch, *, by: Member) -> None:
    """Take it back before it happened, also while it waits for running work; SwitchFault when it is too late."""
    locked_institution(by)
    mine = locked_switch(switch)
    if not mine.is_open:
        raise SwitchFault(f"这项切换{mine.get_state_display()}，不能再撤回")
    end(mine, SwitchState.WITHDRAWN, f"由{by.label}撤回")
    tell(actions.WITHDRAWN, mine, by=by, after=label(mine.after), reason=mine.note)


# --- parts that the completion shares


def refuse_unready(before: str, after: str) -> None:
    """Raises SwitchFault while a channel could not be used there, or drafts of here wait for a second person."""
    found = obstacles(after)
    work = work_in(before)
    if work.draft_count:
        found.append(f"有 {work.draft_count} 项业务等待复核，请先复核或撤回：{_named(work)}")
    if found:
        raise SwitchFault(f"现在不能切换到{label(after)}：" + "；".join(found), faults=tuple(found))


def _named(work: Work) -> str:
    named = "、".join(f"“{draft.title}”" for draft in work.drafts[:3])
    return f"{named} 等" if work.draft_count > 3 else named


def _begin(switch: Switch) -> None:
    """From the commit on nothing new begins; a worker looks at once whether all has ended already."""
    switch.state = SwitchState.DRAINING
    switch.save()
    Switch.objects.filter(pk=switch.pk).update(deadline=Now() + timedelta(minutes=DRAIN_MINUTES))
    switch.refresh_from_db(fields=["deadline"])
    later(COMPLETE, switch.institution_pk)


def end(switch: Switch, state: SwitchState, sentence: str) -> None:
    switch.state, switch.note, switch.ended_at = state, sentence[:500], timezone.now()
    switch.save()


def locked_institution(by: Member) -> Institution:
    return Institution.objects.select_for_update().get(pk=by.institution_id)


def locked_switch(switch: Switch) -> Switch:
    return Switch.objects.select_for_update(of=("self",)).get(pk=switch.pk)


def open_switch() -> Switch | None:
    """The institution's switch that has not ended."""
    return Switch.objects.filter(state__in=OPEN).first()


def label(environment: str) -> str:
    return str(Environment(environment).label)


def tell(action: Action, switch: Switch, /, *, by: Member | None, **details: Any) -> None:
    """On the institution's chain and the platform's: both must know where an institution settles."""
    code = Institution.objects.values_list("code", flat=True).get(pk=switch.institution_pk)
    record(action, switch, by=by, institution_code=code, **details)
    record_platform(action, switch, by=by, institution_code=code, **details)


def is_late(switch: Switch, now: datetime) -> bool:
    return switch.deadline is None or switch.deadline <= now


def _plain(text: str) -> str:
    """Without spaces, full width like half width: what people mean when they type it word for word."""
    return "".join(unicodedata.normalize("NFKC", text).split())
