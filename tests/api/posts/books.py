"""POSTs of reconciliation: entries, runs, differences and what is decided about them."""

from datetime import timedelta

from django.utils import timezone

from reconciliation.models import Decision, Difference
from reconciliation.services.deciding import propose
from tests.api.retrying import Body, Call, World, post
from tests.reconciliation.test_compare_books import compared, entry, ours, row, run_of

ACCEPT: Body = {"action": "accept", "reason": "中心补记"}


def difference(world: World) -> Difference:
    """Ours is dearer; on a day of its own."""
    number = world.number("day")
    day, name = timezone.localdate() - timedelta(days=number), f"{number}"
    ours(entry(name, "20.00", day=day))
    compared(run_of(day), row(name, "21.00", "1"))
    return Difference.objects.get(number=name)


def decision(world: World) -> Decision:
    return propose(difference(world), "accept", reason="中心补记", by=world.alice)


@post("reconciliation/entries")
def bring(world: World) -> Call:
    one = {"number": f"E{world.number()}", "settled_at": "2026-01-05 10:00:00", "total": "10.00", "fund": "6.00"}
    one |= {"account": "1.00", "cash": "3.00", "setl_id": "S1", "mdtrt_id": "J1", "person_no": "P1", "insutype": "310"}
    return ({"entries": [{**one, "clr_type": "11", "clr_optins": "140200", "msgid": "M1"}]},)


@post("reconciliation/runs")
def start_run(world: World) -> Call:
    day = timezone.localdate() - timedelta(days=world.number("day"))
    return ({"begin": f"{day}"},)


@post("reconciliation/runs/{run_id}/rounds")
def run_again(world: World) -> Call:
    run = run_of(timezone.localdate() - timedelta(days=world.number("day")))
    type(run).objects.filter(pk=run.pk).update(state="failed", round=1)
    return {}, run.pk


@post("reconciliation/decisions", who="alice")
def decide_many(world: World) -> Call:
    return ({**ACCEPT, "differences": [str(difference(world).pk), str(difference(world).pk)]},)


@post("reconciliation/differences/{difference_id}/decisions")
def decide(world: World) -> Call:
    return ACCEPT, difference(world).pk


@post("reconciliation/decisions/{decision_id}/approve", who="bob")
def approve(world: World) -> Call:
    return {}, decision(world).pk


@post("reconciliation/decisions/{decision_id}/refuse", who="bob")
def refuse(world: World) -> Call:
    return {"reason": "请附说明"}, decision(world).pk


@post("reconciliation/decisions/{decision_id}/withdraw", who="alice")
def withdraw(world: World) -> Call:
    return {}, decision(world).pk


@post("reconciliation/differences/{difference_id}/comments")
def remark(world: World) -> Call:
    return {"text": "已电话核实"}, difference(world).pk


@post("reconciliation/differences/{difference_id}/assignments")
def assign(world: World) -> Call:
    return {"to": "bob"}, difference(world).pk
