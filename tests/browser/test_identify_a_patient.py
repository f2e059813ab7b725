"""识别参保人 and 签到与交班 in a browser: a scan, the person with insurances and entitlements, and the shift's end."""

import pytest
from playwright.sync_api import expect

from portal.jobs.models import Job
from portal.jobs.tasks import run_job
from tests.settlement.conftest import settling as settling

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_clerk_identifies_somebody_and_hands_over(person, settling):
    told = settling.sandbox.act("national", "people", party=settling.party.app_code, kind="both", limit=1)
    insured = told["people"][0]
    alice = person("alice")
    page = alice.go("/settlement/identify/identity/")
    alice.examine("identify")
    page.get_by_label("身份证号码").fill("123")
    page.get_by_role("button", name="识别", exact=True).click()
    expect(page.get_by_text("应为 18 位")).to_be_visible()
    alice.examine("identify-faults")
    page.get_by_label("身份证号码").fill(f"{insured['certno']}^{insured['psn_name']}^女^汉^")
    page.get_by_role("button", name="识别", exact=True).press("Enter")
    expect(page.get_by_text("正在向医保中心获取人员信息")).to_be_visible()
    alice.examine("identification-asking")
    settling.run_jobs()
    expect(page.get_by_role("heading", name="职工基本医疗保险")).to_be_visible()
    expect(page.get_by_text("享受", exact=True).first).to_be_visible()
    alice.examine("identification")
    page.get_by_role("button", name="改用这个险种").click()
    expect(page.get_by_text("已改用这个险种")).to_be_visible()
    alice.go("/settlement/control/")
    alice.examine("control")
    page = alice.go("/settlement/shift/")
    expect(page.locator("[data-operator=alice] [data-state=in]")).to_have_text("已签到")
    alice.examine("shifts")
    page.get_by_role("button", name="签退").click()
    with settling.door():
        job = Job.objects.get(kind="gateway.signing.act")
    run_job(settling.institution_id, str(job.pk))
    expect(page.locator("[data-operator=alice] [data-state=out]")).to_have_text("未签到")
    expect(page.get_by_role("button", name="现在签到")).to_be_visible()
