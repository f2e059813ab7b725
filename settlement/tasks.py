"""What the worker does for settlement."""

from contextlib import suppress
from datetime import date
from functools import partial
from typing import cast
from uuid import UUID

from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.access.models import Institution
from portal.gateway import client
from portal.gateway.journal import Ask
from portal.jobs import Job, Running, StandStill, job, sweeper
from settlement.services.acceptance import RUN, carry_on, end_lost_acceptance
from settlement.services.cards.authorising import AUTHORISE, forget_old_grants, look_once, make_code
from settlement.services.cards.authorising import LOOK as LOOK_AT_GRANT
from settlement.services.cards.reading import READ as READ_CARD
from settlement.services.cards.reading import answer_reading, end_lost_readings
from settlement.services.cashier.checking import CHECK as CHECK_CASHIER
from settlement.services.cashier.checking import check_day
from settlement.services.cashier.flows import CASHIER
from settlement.services.catalogue import DOWNLOAD, Means, download_all, run_refresh
from settlement.services.catalogue.store import required_region
from settlement.services.code_lists import FETCH_CODES, fetch_codes
from settlement.services.control import OBTAIN, carry_out, forget_old_media
from settlement.services.enquiries import ENQUIRE, answer_enquiry, forget_old_enquiries
from settlement.services.filings import LOOK, look
from settlement.services.identity import IDENTIFY, answer_identification, end_lost_identifications
from settlement.services.inpatient.automatic import member_named
from settlement.services.inpatient.reading import READ, read_lines
from settlement.services.inpatient.scheduling import run_schedule
from settlement.services.inpatient.sending import UPLOAD, send_some
from settlement.services.joining import CHECK, end_lost_checks, take_checks
from settlement.services.outpatient.fetching import FETCH as FETCH_REGISTRATION
from settlement.services.outpatient.fetching import fetched_registration
from settlement.services.settling.fetching import FETCH, fetched
from settlement.services.settling.flows import FLOWS
from settlement.services.settling.previews import PREVIEW, answer_preview
from settlement.services.settling.reversal import PROVE, prove, start_proof, unproven
from settlement.services.uploads.plans import automatic
from settlement.services.uploads.runs import UPLOAD_RECORDS, end_lost_runs, run_plans
from settlement.services.uploads.sending import Means as UploadMeans
from settlement.services.uploads.sending import run_upload

__all__ = ["CASHIER", "FLOWS"]


def asking(running: Running, environment: str) -> Ask:
    """Sends queries for the job's institution in that environment."""
    return cast(Ask, partial(client.ask, institution_id=running.institution_id, environment=environment))


# --- settling


@job(PREVIEW, title="预结算", resumable=True, permission="settlement.visits.view")
def preview(running: Running) -> str:
    """Ask what a settlement would be; asking again after a crash changes nothing."""
    return answer_preview(UUID(running.params["settlement"]), ask=partial(asking, running), door=running.tx)


@job(FETCH, title="取回结算信息", resumable=True, permission="settlement.visits.view")
def fetch(running: Running) -> str:
    """Ask for the amounts of a settlement whose answer nobody could read."""
    return fetched(UUID(running.params["settlement"]), ask=partial(asking, running), door=running.tx)


@job(FETCH_REGISTRATION, title="取回就诊ID", resumable=True, permission="settlement.visits.view")
def fetch_registered(running: Running) -> str:
    """Ask for the number of a visit whose registration nobody could read."""
    return fetched_registration(UUID(running.params["visit"]), ask=partial(asking, running), door=running.tx)


@job(PROVE, title="核实冲正", resumable=True, permission="settlement.visits.view")
def prove_reversal(running: Running) -> str:
    """Show that nothing is left of what was reversed."""
    return prove(UUID(running.params["reversal"]), door=running.tx)


@sweeper(every=60)
def look_after_reversals(institution_id: int) -> None:
    """Reversals whose proof got lost, or proved nothing yet."""
    for reversal in unproven(institution_id):
        try:
            with tenant_tx(institution_id):
                start_proof(reversal)
        except StandStill:
            return


# --- stays


@job(UPLOAD, title="上传住院费用", resumable=True, permission="settlement.visits.view")
def upload_charges(running: Running) -> str:
    """Send the next message of charges; when it has succeeded, the outcome starts the one after it."""
    by = running.by or begun_by_key(running)
    return send_some(UUID(running.params["visit"]), by=by, door=running.tx, label=running.started_label)


@job(READ, title="核对住院费用", resumable=True, permission="settlement.visits.view")
def read_charges(running: Running) -> str:
    """Lay the centre's lines beside ours."""
    return read_lines(UUID(running.params["visit"]), ask=partial(asking, running), door=running.tx)


def begun_by_key(running: Running) -> Member:
    """Who started the job when it was nobody who signs in: an interface key, or the schedule."""
    with running.tx():
        mine = Job.objects.select_related("institution").get(pk=running.id)
    return member_named(running.started_label, mine.institution)


@sweeper(every=120)
def upload_charges_by_schedule(institution_id: int) -> None:
    """Charges go by themselves where the institution wants it; while its environment changes, later."""
    with tenant_tx(institution_id), suppress(StandStill):
        run_schedule(Institution.objects.get(pk=institution_id))


# --- filings


@job(LOOK, title="查询备案状态", resumable=True, permission="settlement.filings.view")
def look_at_filing(running: Running) -> str:
    """Ask the centre where a filing stands."""
    return look(UUID(running.params["filing"]), ask=partial(asking, running), door=running.tx)


# --- identifying people


@job(IDENTIFY, title="识别参保人", resumable=True, permission="settlement.people.identify")
def identify_person(running: Running) -> str:
    """Ask who came to the desk; a code that was read is refused the second time, which the answer then says."""
    return answer_identification(UUID(running.params["identification"]), ask=partial(asking, running), door=running.tx)


@job(OBTAIN, title="调用安全控件", resumable=True, permission="settlement.people.identify")
def obtain_medium(running: Running) -> str:
    """Ask the security control for a check medium."""
    return carry_out(running.params, door=running.tx, label=running.started_label)


@sweeper(every=600)
def forget_identifications(institution_id: int) -> None:
    """What nobody asks any more is ended; what is old goes."""
    with tenant_tx(institution_id):
        end_lost_identifications()
        forget_old_media()


# --- catalogues


@job(DOWNLOAD, title="下载医保目录", resumable=True, permission="settlement.catalogue.view")
def download_catalogues(running: Running) -> str:
    """Bring the named catalogues up to date, one after the other; begun again, it goes on with what is missing."""
    return download_all(running.params["numbers"], means_of(running), running.progress)


def means_of(running: Running) -> Means:
    """What a download works with."""
    environment = str(running.params["environment"])
    with running.tx():
        required_region(environment)
    return Means(
        holder=running.id,
        environment=environment,
        ask=asking(running, environment),
        fetch=partial(client.download, institution_id=running.institution_id, environment=environment),
        door=running.tx,
        by=running.by,
    )


@sweeper(every=300)
def refresh_catalogues(institution_id: int) -> None:
    """Catalogues keep themselves new where the institution wants it; while its environment changes, later."""
    with tenant_tx(institution_id), suppress(StandStill):
        run_refresh(Institution.objects.get(pk=institution_id))


@job(FETCH_CODES, title="获取中心字典", resumable=True, permission="settlement.catalogue.view")
def fetch_dictionaries(running: Running) -> str:
    """Ask for the region's dictionaries; asking again changes nothing."""
    environment = str(running.params["environment"])
    return fetch_codes(running.params, ask=asking(running, environment), door=running.tx, progress=running.progress)


# --- queries


@job(ENQUIRE, title="医保查询", resumable=True, permission="settlement.enquiries.ask")
def answer_query(running: Running) -> str:
    """Ask what a query wants to know; asking again after a crash changes nothing."""
    return answer_enquiry(
        UUID(running.params["enquiry"]),
        ask=partial(asking, running),
        door=running.tx,
        progress=running.progress,
    )


@sweeper(every=3600)
def forget_queries(institution_id: int) -> None:
    """Queries are kept for 180 days; one that nobody asks any more is ended."""
    with tenant_tx(institution_id):
        forget_old_enquiries()


# --- daily uploads


@job(UPLOAD_RECORDS, title="采集上传", resumable=True, permission="settlement.uploads.view")
def upload_records(running: Running) -> str:
    """Send what waits of one number; begun again, it goes on with what still waits."""
    with running.tx():
        institution = Institution.objects.get(pk=running.institution_id)
    means = UploadMeans(
        institution_id=running.institution_id,
        door=running.tx,
        by=running.by or automatic(institution),
        told=running.progress,
        breathe=running.pause_if_late,
    )
    return run_upload(UUID(running.params["run"]), means)


@sweeper(every=60)
def upload_by_plan(institution_id: int) -> None:
    """Runs that are due begin, while the environment changes later; runs that lost their job end."""
    with tenant_tx(institution_id):
        end_lost_runs()
    with tenant_tx(institution_id), suppress(StandStill):
        run_plans(Institution.objects.get(pk=institution_id))


# --- joining a province


@job(CHECK, title="接入检查", resumable=True, permission="settlement.joining.check")
def check_joining(running: Running) -> str:
    """Take the steps that wait; taken again after a crash, a step changes nothing."""
    return take_checks(running.params["checks"], running.institution_id, door=running.tx, progress=running.progress)


@job(RUN, title="接入验收", resumable=True, permission="settlement.acceptance.run")
def run_acceptance(running: Running) -> str:
    """Make the calls that are still to be made; a change that was sent before is only waited for."""
    with running.tx():
        institution = Institution.objects.get(pk=running.institution_id)
    return carry_on(
        UUID(running.params["run"]),
        institution_id=running.institution_id,
        by=running.by or automatic(institution),
        door=running.tx,
        progress=running.progress,
    )


@sweeper(every=60)
def look_after_joining(institution_id: int) -> None:
    """Checks and runs whose job is gone are ended, so that somebody can begin them again."""
    with tenant_tx(institution_id):
        end_lost_checks()
        end_lost_acceptance()


# --- the desk: cards and the cashier


@job(READ_CARD, title="读卡", resumable=True, permission="settlement.people.identify")
def read_a_card(running: Running) -> str:
    """Have the desk's library read what lies on the reader; once, the person would have to show it again."""
    return answer_reading(UUID(running.params["reading"]), ask=partial(asking_once, running), door=running.tx)


@job(AUTHORISE, title="生成授权二维码", resumable=True, permission="settlement.people.identify")
def make_grant_code(running: Running) -> str:
    """Ask for the code that a health card's owner scans; its number is the same each time."""
    return make_code(UUID(running.params["auth"]), ask=partial(asking, running), door=running.tx)


@job(LOOK_AT_GRANT, title="查询授权结果", resumable=True, permission="settlement.people.identify")
def look_at_grant(running: Running) -> str:
    """Ask whether the owner has answered; the page asks again by itself."""
    return look_once(UUID(running.params["auth"]), ask=partial(asking_once, running), door=running.tx)


@job(CHECK_CASHIER, title="核对收费台", resumable=True, permission="settlement.cashier.view")
def check_cashier(running: Running) -> str:
    """Ask the platform about every movement of a day."""
    environment, day = str(running.params["environment"]), date.fromisoformat(running.params["day"])
    return check_day(environment, day, ask=asking(running, environment), door=running.tx, progress=running.progress)


def asking_once(running: Running, environment: str) -> Ask:
    """Like asking, without trying again: somebody stands there and would have to act twice."""
    return cast(Ask, partial(client.ask, institution_id=running.institution_id, environment=environment, tries=1))


@sweeper(every=600)
def forget_readings(institution_id: int) -> None:
    """Readings and grants that nobody waits for are ended; what is old goes."""
    with tenant_tx(institution_id):
        end_lost_readings()
        forget_old_grants()
