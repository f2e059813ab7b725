"""The channel is checked, and an acceptance run made whose report stays in the folder."""

from __future__ import annotations

from portal.demo import Failed
from settlement.management.demo.walk import Walk
from settlement.models import AcceptanceRun, CaseState, RunState
from settlement.papers import acceptance as paper
from settlement.services.acceptance import begin_run, the_script, usual_given
from settlement.services.acceptance.lent import lender
from settlement.services.joining import begin_check, steps_shown


def joined(walk: Walk) -> None:
    """All steps of the check but the test person's, then every transaction of the province's first list."""
    walk.label, walk.number = "接入", ""
    before = walk.scene()
    with walk.tx():
        steps = [one.step.key for one in steps_shown("test") if one.step.key != "person"]
        job = begin_check(steps, by=walk.admin)
    walk.finish(job)
    with walk.tx():
        found = [one.last for one in steps_shown("test") if one.last is not None]
    walk.told(walk.label, "接入检查", "，".join(f"{one.get_state_display()}" for one in found))
    if bad := [one for one in found if one.state == "bad"]:
        raise Failed(f"接入检查：{bad[0].sentence}")
    with walk.tx():
        wanted = {number for family in the_script("test") for number, _, usual in family.numbers if usual}
        run = begin_run(wanted, {**usual_given("test"), "lender": lender("test")}, by=walk.admin)
    walk.number = run.number
    ended = walk.wait(
        "接入验收", lambda: AcceptanceRun.objects.filter(pk=run.pk).exclude(state=RunState.RUNNING).first()
    )
    walk.told(walk.label, "接入验收", ended.note)
    with walk.tx():
        failed = list(ended.cases.filter(state=CaseState.FAILED))
        gathered = paper.gather(ended, by=walk.admin)
    if failed or not ended.is_restored:
        raise Failed(f"接入验收：{failed[0].number if failed else ''} {failed[0].reason if failed else ended.note}")
    for form in paper.TYPES:
        walk.keep(paper.file_name(gathered, form), paper.write(gathered, form))
    walk.as_before(before, "验收之后")
