"""接口登录 in a browser: the account is taken, a person takes over, and the page follows."""

import pytest
from playwright.sync_api import expect

from portal.access.door import tenant_tx
from portal.gateway.channels.services import install_channel
from portal.gateway.client import ask
from portal.gateway.errors import NotSent
from portal.jobs.models import Job
from portal.jobs.tasks import run_job
from tests.gateway.test_sessions import QUERY
from tests.sandbox_process import channel_values

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_clerk_takes_over(person, injury_counterpart, alice_member, settings):
    settings.PORTAL_QUIET_FACTOR = 0.5
    party = injury_counterpart("HISA")
    settings.SANDBOX_URL = party.sandbox.url
    institution_id = alice_member.institution_id
    with tenant_tx(institution_id):
        install_channel("injury", "test", channel_values(party))
    party.sandbox.act("injury", "occupy", party="HISA")
    with pytest.raises(NotSent):
        ask(QUERY, institution_id=institution_id, tries=1)
    alice = person("alice")
    expect(alice.page.get_by_text("接口没有登录")).to_be_visible()
    page = alice.go("/gateway/sessions/")
    expect(page.get_by_text("被其他程序占用", exact=True)).to_be_visible()
    alice.examine("session-taken")
    page.get_by_role("button", name="接管登录").press("Enter")
    alice.confirm("接管", "HISA", "登录失效")
    expect(page.get_by_text("正在办理……")).to_be_visible()
    with tenant_tx(institution_id):
        job = Job.objects.get(kind="gateway.session.act")
    run_job(institution_id, str(job.pk))
    expect(page.get_by_text("已接管登录")).to_be_visible()
    expect(page.locator("[data-state=in]")).to_have_text("已登录")
    alice.examine("session-in")
