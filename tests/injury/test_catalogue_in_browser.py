"""A clerk brings the centre's catalogue, maps what is missing, and takes over a new version; pages are accessible."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from injury.models import FeeItem, Mapping
from portal.access.door import tenant_tx
from portal.jobs import Job, JobState
from portal.jobs.tasks import run_job
from tests.chromium import examine, page_of
from tests.injury.catalogue_rows import MAPPING_HEADS, workbook
from tests.injury.fees import days_ago, make_admission

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DRUGS = ["头孢呋辛钠注射液", "布洛芬缓释胶囊", "氯化钠注射液", "甘露醇注射液", "甲钴胺片", "低分子肝素钙注射液"]
TREATMENTS = ["清创缝合", "换药（大）", "关节松动训练", "石膏固定术", "CT平扫", "级别护理"]
CHARGES = [("YP0001", "氯化钠注射液500ml", "0", 480), ("YP0002", "布洛芬缓释胶囊", "0", 126)]
CHARGES += [("YP0003", "红花舒筋膏（院内制剂）", "0", 350), ("ZL0001", "大换药", "1", 900)]
CHARGES += [("HC0001", "接骨板八孔", "9", 5200)]


@pytest.fixture
def page(browser, live_server, alice_member) -> Page:
    return page_of(browser, alice_member, live_server.url)


def looked_at(page: Page, name: str) -> None:
    examine(page, name)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366


def work(institution_id: int) -> None:
    """What a worker does with the jobs that wait."""
    with tenant_tx(institution_id):
        waiting = [str(job.pk) for job in Job.objects.filter(state=JobState.QUEUED).order_by("created_at")]
    for job in waiting:
        run_job(institution_id, job)


def catalogue(version: str, *, limit: int = 0, without: str = "") -> bytes:
    rows: list[list[Any]] = []
    for n, name in enumerate(DRUGS):
        rows.append([f"XN{n:02}A001B002010{n}", name, "药品", "药费", "甲类", version, None, "2025-01-01", None])
    for n, name in enumerate(TREATMENTS):
        rows.append([f"0031{n:05}", name, "诊疗", "治疗费", "乙类", version, 60 + n + limit, "2025-01-01", None])
    rows.append(["C03100501", "锁定接骨板", "耗材", "材料费", "乙类", version, 4800 - limit, "2025-01-01", None])
    return workbook(*[row for row in rows if row[1] != without], title=f"工伤保险目录 {version}")


def bring(page: Page, content: bytes, name: str) -> None:
    files: Any = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    page.get_by_label("Excel 文件").set_input_files(files)
    page.get_by_role("button", name="读取并预览").click()


def test_a_clerk_keeps_the_catalogue(page, live_server, alice_member):
    here = alice_member.institution_id
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    with tenant_tx(here):
        stay = make_admission()
        for code, name, kind, amount in CHARGES:
            said: Any = {"own_code": code, "own_name": name, "common_name": name[:30], "kind": kind, "amount": amount}
            FeeItem.objects.create(
                **{"environment": "test", "admission": stay, "line_id": str(uuid4()), "prescription": "CF1", **said},
                prescribed_on=days_ago(3),
                price=Decimal(amount),
                quantity=Decimal(1),
                source="page",
            )

    # the centre's catalogue: read while one looks, then used
    page.goto(live_server.url + reverse("injury:catalogue-import"))
    looked_at(page, "catalogue-import")
    bring(page, catalogue("2025A"), "工伤目录2025A.xlsx")
    expect(page.get_by_text("排队中").first).to_be_visible()
    work(here)
    expect(page.get_by_role("button", name="导入", exact=True)).to_be_visible()  # by itself
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.get_by_text("正在导入")).to_be_visible()
    work(here)
    expect(page.get_by_text("已导入：新增 13 条")).to_be_visible()

    # what is missing, most money first; mapped while one types
    page.goto(live_server.url + reverse("injury:mapping-coverage"))
    looked_at(page, "mapping-coverage")
    page.get_by_role("row", name="接骨板八孔").get_by_role("link", name="对照").click()
    found = page.get_by_role("region", name="可选的中心目录项目")
    search = page.get_by_label("查找中心目录")
    search.fill("sdjgb")
    expect(found).to_contain_text("锁定接骨板")
    search.fill("jgb")
    expect(found).to_contain_text("没有符合")
    search.fill("接骨板")
    expect(found).to_contain_text("锁定接骨板")
    looked_at(page, "mapping-edit")
    page.get_by_role("button", name="保存对照").click()
    expect(page.get_by_text("请在右侧选择中心目录项目")).to_be_visible()
    page.get_by_label("C03100501").check()
    page.get_by_role("button", name="保存对照").click()
    expect(page.get_by_text("已对照：接骨板八孔（HC0001）→ C03100501")).to_be_visible()

    # the rest from Excel, first with a fault
    page.goto(live_server.url + reverse("injury:mapping-import"))
    rows = [
        ["YP0001", "氯化钠注射液500ml", "药品", 4.8, "500ml", "XN02A001B0020102"],
        ["YP0003", "红花舒筋膏（院内制剂）", "药品", 35, None, "目录外"],
        ["ZL0001", "大换药", "诊疗", 90, None, "003100001"],
    ]
    bring(page, workbook(*rows, ["YP0009", "=A1", "药品", None, None, "NO"], heads=MAPPING_HEADS), "对照.xlsx")
    work(here)
    expect(page.get_by_text("医院项目名称是公式")).to_be_visible()
    looked_at(page, "mapping-faults")
    page.get_by_role("link", name="换一个文件").click()
    bring(page, workbook(*rows, heads=MAPPING_HEADS), "对照.xlsx")
    work(here)
    expect(page.get_by_role("button", name="导入", exact=True)).to_be_visible()
    looked_at(page, "mapping-preview")
    page.get_by_role("button", name="导入", exact=True).click()
    work(here)
    expect(page.get_by_text("已导入：新增 3 条")).to_be_visible()

    # a new version of the centre: preview, then one click for all
    page.goto(live_server.url + reverse("injury:catalogue-import"))
    page.get_by_label("这是完整目录").check()
    bring(page, catalogue("2026A", limit=5, without="氯化钠注射液"), "工伤目录2026A.xlsx")
    work(here)
    expect(page.get_by_role("heading", name="受影响的本院对照")).to_be_visible()
    looked_at(page, "catalogue-preview")
    page.get_by_role("button", name="导入", exact=True).click()
    work(here)
    expect(page.get_by_text("3 条对照涉及新版本或停用的编码")).to_be_visible()
    page.goto(live_server.url + reverse("injury:mapping-list"))
    looked_at(page, "mapping-list")
    page.get_by_role("link", name="查看变化并一次更新").click()
    expect(page.get_by_text("2025A → 2026A")).to_have_count(2)
    looked_at(page, "mapping-renewals")
    page.get_by_label("选择本页全部").check()
    page.get_by_role("button", name="更新到新版本").click()
    page.get_by_role("dialog").get_by_role("button", name="更新到新版本").click()
    expect(page.get_by_text("2 条对照已更新到中心现行版本")).to_be_visible()
    with tenant_tx(here):
        assert Mapping.objects.filter(version="2026A").count() == 2

    page.goto(live_server.url + reverse("injury:catalogue-list") + "?standing=used")
    looked_at(page, "catalogue-list")
    page.goto(live_server.url + reverse("injury:error-list"))
    looked_at(page, "error-list")
    page.goto(live_server.url + reverse("web:help-topic", args=["mapping"]))
    looked_at(page, "help-mapping")
    assert complaints == []
