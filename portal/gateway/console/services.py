"""Sending a call from the console: what it looks like at first, what is wrong with it, who may send it, sending it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from pydantic import BaseModel, ValidationError

from portal.access.member import Member
from portal.access.models.institution import Environment
from portal.audit import record
from portal.gateway import actions
from portal.gateway.console import texts
from portal.gateway.console.fields import fields_of
from portal.gateway.console.hidden import hidden, marks_left, restored, without_marks
from portal.gateway.console.models import ConsoleCall
from portal.gateway.environments.standstill import environment_for
from portal.gateway.journal.handlers import Handler, class_of, handler_for
from portal.gateway.journal.services import NotAllowed, open_operation
from portal.gateway.messages import Fault, Request, class_in_use, faults, sample, wire_form
from portal.gateway.wire import wire
from portal.jobs import start

JOB = "gateway.console"
#: What distinguishes a test call wherever operations are listed.
TITLE = "接口测试：{title}"
Kind = type[Request[Any]]


@dataclass(frozen=True)
class Manner:
    """How a transaction goes out from the console for this member now; `refusal` says why it may not."""

    refusal: str
    four_eyes: bool
    consequence: str


def sample_tree(kind: Kind, *, required_only: bool = False) -> dict[str, Any]:
    """A legal message to begin with, made from the declaration; where items demand each other, all of them."""
    tree = texts.read(texts.written(wire_form(sample(kind))))
    least = only_required(kind, tree) if required_only else tree
    return tree if faults_of(kind, least) else least


def only_required(kind: type[BaseModel], tree: dict[str, Any]) -> dict[str, Any]:
    """The tree without what may be left out."""
    kept: dict[str, Any] = {}
    for one in fields_of(kind):
        if not one.required or one.wire not in tree:
            continue
        value = tree[one.wire]
        if one.inner is not None and isinstance(value, dict):
            value = only_required(one.inner, value)
        elif one.inner is not None and isinstance(value, list):
            value = [only_required(one.inner, entry) for entry in value]
        kept[one.wire] = value
    return kept


def new_entry(kind: type[BaseModel]) -> dict[str, Any]:
    """What a new group or a new entry of a list begins with."""
    return texts.read(texts.written(wire_form(sample(kind))))  # type: ignore[arg-type]


def faults_of(kind: Kind, tree: dict[str, Any]) -> list[Fault]:
    """Everything that is wrong with it at once; empty when it may be sent."""
    left = marks_left(kind, tree)
    try:
        kind.model_validate(tree)
    except ValidationError as error:
        known = {one.path for one in left}
        return [*left, *(one for one in faults(error, kind) if one.path not in known)]
    return left


def is_wires_own(kind: Kind) -> bool:
    """Whether signing in or out is meant: the wire does that by itself."""
    rules = wire(kind.gateway.wire).sessions
    return rules is not None and kind.code in (rules.sign_in, rules.sign_out)


def manner(kind: Kind, by: Member) -> Manner:
    """What sending this would take, for the page and for `send`."""
    handler = _handler(kind)
    four_eyes = (
        not kind.safe and bool(by.institution and by.institution.four_eyes) and (not handler or handler.four_eyes)
    )
    consequence = handler.consequence if handler and handler.consequence != Handler.consequence else ""
    return Manner(_refusal(kind, by), four_eyes, consequence)


def _handler(kind: Kind) -> Handler | None:
    try:
        return handler_for(kind.gateway.name, kind.code)
    except LookupError:
        return None


def _refusal(kind: Kind, by: Member) -> str:
    live = by.institution is not None and by.institution.environment == Environment.PRODUCTION
    if is_wires_own(kind):
        return "登录和登出由系统办理，请用本页的“登录”“登出”按钮"
    if live and not kind.safe:
        return "正式环境中不能从接口测试台办理变更类交易，请切换到测试环境，或在业务页面办理"
    if live and not by.may("gateway.console.live"):
        return "您没有“在正式环境用接口测试台查询”的权限"
    if not kind.safe and not by.may("gateway.console.change"):
        return "您没有“在接口测试台发送变更类交易”的权限"
    return "" if by.may("gateway.console.use") else "您没有“使用接口测试台”的权限"


def send(kind: Kind, tree: dict[str, Any], *, by: Member, form: UUID) -> ConsoleCall:
    """Put the call on its way: a query into a job, a changing one into the journal; the same form sends once.

    Inside the institution's door, in the environment it works in. Raises NotAllowed with a sentence, ValidationError
    for content that `faults_of` refuses, StandStill while the environment is about to change.
    """
    environment = environment_for(by)
    if earlier := ConsoleCall.objects.filter(environment=environment, form=form).first():
        return earlier
    how = manner(kind, by)
    if how.refusal:
        raise NotAllowed(how.refusal)
    request = kind.model_validate(tree)
    call = ConsoleCall(
        environment=environment,
        gateway=kind.gateway.name,
        kind=kind.code,
        form=form,
        content=texts.written(tree),
        created_by=by.user,
        created_label=by.label[:100],
    )
    try:
        with transaction.atomic():
            call.save(force_insert=True)
    except IntegrityError:  # pressed twice at the same moment
        return ConsoleCall.objects.get(environment=environment, form=form)
    title = TITLE.format(title=kind.title)
    if kind.safe:
        start(JOB, str(call.pk), by=by, title=title, params={"call": str(call.pk)})
    else:
        key, second = f"console:{call.pk}", how.four_eyes
        call.operation = open_operation(request, key=key, by=by, title=title, needs_second=second, by_console=True)
        call.save(update_fields=["operation"])
    record(actions.CONSOLE_SENT, call, by=by, title=kind.title, gateway=kind.gateway.title, kind=kind.code)
    return call


def kind_of(call: ConsoleCall) -> Kind:
    """As it was sent, or would be sent now; LookupError when the transaction is not declared any more."""
    if call.operation is not None:
        return class_of(call.operation)
    return class_in_use(call.gateway, call.kind, call.environment)


def content_of(call: ConsoleCall) -> dict[str, Any]:
    """What was typed, secrets and all."""
    return texts.read(call.content.reveal())


def again(call: ConsoleCall, by: Member) -> dict[str, Any]:
    """An earlier call to begin with. What was secret is a mark in one's own calls, and missing from others'."""
    shown, _ = hidden(kind_of(call), content_of(call))
    tree: dict[str, Any] = shown if by.is_user(call.created_by_id) else without_marks(shown)
    return tree


def complete(tree: dict[str, Any], earlier: ConsoleCall | None, by: Member) -> dict[str, Any]:
    """The tree with what stands behind the marks of one's own earlier call."""
    if earlier is None or not by.is_user(earlier.created_by_id):
        return tree
    _, kept = hidden(kind_of(earlier), content_of(earlier))
    found: dict[str, Any] = restored(tree, kept)
    return found
