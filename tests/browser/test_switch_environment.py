"""一键切换环境 by two people at their own screens, with the real worker: from production to the test environment."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from portal.access.door import tenant_tx
from portal.access.models import Institution
from portal.gateway.channels.models import AllowedAddress
from portal.gateway.channels.services import install_channel
from tests.browser.conftest import Person
from tests.cast import PASSWORD
from tests.environments.conftest import KEYS, PRODUCTION_URL

pytestmark = pytest.mark.browser


@pytest.fixture
def in_production(city, hospital_a, dora_member, bob_member) -> None:
    """Hospital A works in production; its test channel leads to the sandbox."""
    people = {"proposed_by": dora_member.user, "approved_by": bob_member.user, "approved_at": timezone.now()}
    AllowedAddress.objects.create(host="dszq1402.sx.hsip.gov.cn", note="正式环境", **people)
    with tenant_tx(hospital_a.pk):
        values = {"app_code": "REAL0001", "base_url": PRODUCTION_URL, "region": "140213", **KEYS}
        install_channel("clearing", "production", values)
    Institution.objects.update(environment="production")


def test_two_people_switch_at_their_own_screens(in_production, worker, person: Callable[[str], Person]):
    dora, bob = person("dora"), person("bob")
    form = bob.go("/environments/")  # bob's page was opened before all this
    page = dora.go("/channels/clearing/test/")
    page.get_by_label("API 地址").fill("")
    page.get_by_role("button", name="填入测试环境预设").click()
    expect(page.get_by_label("API 地址")).to_have_value("http://10.30.22.117:8090")

    page = dora.go("/environments/")
    expect(page.locator(".environment")).to_have_text("正式环境")
    page.get_by_role("button", name="测试医保清算接口（测试环境）").click()
    expect(page.locator(".env-side").first).to_contain_text("成功", timeout=30_000)
    dora.examine("environments")
    page.get_by_role("link", name="切换到测试环境").click()
    page.get_by_label("切换理由").fill("回到测试环境联调新版接口")
    page.get_by_label("确认文字").fill("演示医院甲 切换到测试环境")
    page.get_by_label("您的登录密码").fill(PASSWORD)
    dora.examine("environment-switch")
    page.get_by_role("button", name="申请切换").click()
    dora.confirm("切换到测试环境", "演示医院甲将切换到测试环境")
    expect(page.locator("#messages")).to_contain_text("由另一人复核后开始切换")

    form.reload()
    form.get_by_label("您的登录密码").fill(PASSWORD)
    bob.examine("environment-approve")
    form.get_by_role("button", name="复核通过").click()
    bob.confirm("复核通过", "对所有人同时生效")
    expect(form.locator(".environment")).to_have_text("测试环境", timeout=30_000)
    expect(form.locator(".test-strip")).to_be_visible()
    expect(form.get_by_role("region", name="切换记录，可左右滚动")).to_contain_text("已切换")
    # Dora's page is still open in the old environment: as soon as it asks for anything it is loaded anew.
    page.get_by_role("button", name="办理进度").click()
    expect(page.locator(".environment")).to_have_text("测试环境", timeout=10_000)
    bob.examine("environments-after")
