"""What the worker does for work injury."""

from contextlib import suppress
from functools import partial
from typing import cast
from uuid import UUID

from injury.models import Admission, CatalogueFile, SettlementSheet
from injury.papers import sheet as sheet_paper
from injury.papers.making import SHEET_PAPER
from injury.services.catalogue_files import READ, USE
from injury.services.catalogue_reading import read_file, use_file
from injury.services.enquiries import ENQUIRE, answer_enquiry, forget_old_enquiries
from injury.services.fee_changes import look_at_admission
from injury.services.fee_holding import LOOK_AGAIN, with_open_items
from injury.services.uploading import UPLOAD, drive, run_schedule, waiting_epochs, work
from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.access.models import Institution
from portal.gateway import client
from portal.gateway.journal import Ask
from portal.jobs import Job, Running, StandStill, job, sweeper


def asking(running: Running, environment: str) -> Ask:
    """Sends queries for the job's institution in that environment."""
    return cast(Ask, partial(client.ask, institution_id=running.institution_id, environment=environment))


@job(ENQUIRE, title="工伤查询", resumable=True, permission="injury.people.find")
def answer(running: Running) -> str:
    """Ask what an enquiry wants to know; asking again after a crash changes nothing."""
    return answer_enquiry(
        UUID(running.params["enquiry"]),
        ask=partial(asking, running),
        door=running.tx,
        progress=running.progress,
    )


@sweeper(every=3600)
def forget_enquiries(institution_id: int) -> None:
    """Enquiries are kept for 180 days; one that nobody asks any more is ended."""
    with tenant_tx(institution_id):
        forget_old_enquiries()


@job(READ, title="读取目录文件", resumable=True, permission="injury.mappings.view")
def read_catalogue_file(running: Running) -> str:
    """Stage and compare a file of the catalogue or of mappings; starts again from its first line after a crash."""
    return read_file(UUID(running.params["file"]), door=running.tx, progress=running.progress)


@job(USE, title="导入目录文件", resumable=True, permission="injury.mappings.view")
def use_catalogue_file(running: Running) -> str:
    """Take a file over in one transaction; done twice, it changes nothing the second time."""
    file_id = UUID(running.params["file"])
    with running.tx():
        kind = CatalogueFile.objects.values_list("kind", flat=True).get(pk=file_id)
        return use_file(file_id, kind, by=running.by)


@job(UPLOAD, title="上传费用", resumable=True, permission="injury.fees.view")
def upload_fees(running: Running) -> str:
    """Carry on with one admission's upload until the journal or a person has the next step."""
    return drive(UUID(running.params["admission"]), ask=partial(asking, running), door=running.tx, beat=running.check)


@sweeper()
def look_after_uploads(institution_id: int) -> None:
    """What a job should be working on and is not: its worker was killed, or the centre did not answer."""
    with tenant_tx(institution_id):
        for epoch in waiting_epochs():
            try:
                work(epoch)
            except StandStill:
                return  # the environment is about to change; whoever switches waits for what runs


@sweeper()
def upload_by_schedule(institution_id: int) -> None:
    """Fees go by themselves where the institution wants it; while its environment changes, later."""
    with tenant_tx(institution_id), suppress(StandStill):
        run_schedule(Institution.objects.get(pk=institution_id))


def key_of(running: Running) -> Member:
    """The interface key that started the job."""
    mine = Job.objects.select_related("institution").get(pk=running.id)
    return Member(None, mine.institution, frozenset(), key=mine.started_label.removeprefix("接口密钥 "))


@job(SHEET_PAPER, title="生成结算单", resumable=True, permission="injury.papers.make")
def make_sheet_paper(running: Running) -> str:
    """A settlement sheet with many struck-out items; the job's result. Nothing is open while it is printed."""
    fmt = running.params["format"]
    with running.tx():
        by = running.by or key_of(running)
        sheet = SettlementSheet.objects.select_related("admission").get(pk=UUID(running.params["sheet"]))
        paper = sheet_paper.gather(sheet, by=by)
    content = sheet_paper.write(paper, fmt)
    with running.tx():
        sheet_paper.recorded(paper, fmt, by=by)
    running.result(sheet_paper.file_name(paper, fmt), content)
    return f"共 {len(paper.items):,} 项，自付 {paper.own:,.2f} 元"


@job(LOOK_AGAIN, title="重新检查待上传的费用", resumable=True, permission="injury.fees.view")
def look_again(running: Running) -> str:
    """Look at everything that waits or is held once more, one admission at a time; looking twice changes nothing."""
    with running.tx():
        keys = with_open_items(running.params["environment"])
        by = running.by or key_of(running)
    released = held = 0
    for done, pk in enumerate(keys):
        running.progress(done, len(keys))
        with running.tx():
            freed, stopped = look_at_admission(Admission(pk=pk), by=by)
        released, held = released + freed, held + stopped
    running.progress(len(keys), len(keys))
    return f"{released:,} 条转为待上传，{held:,} 条转为暂不能上传"
