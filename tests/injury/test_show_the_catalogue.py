"""The pages, the API and the admin of the catalogue as a clerk, an auditor and a hospital system use them."""

import json
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from injury.models import CatalogueFile, CatalogueItem, ErrorCode, FeeItem, FileKind, Mapping
from injury.services.catalogue_reading import read_file, use_file
from injury.services.mapping_coverage import coverage
from portal.access import middleware
from portal.access.door import tenant_tx
from portal.papers.xlsx_reading import read_xlsx
from tests.injury.catalogue_rows import MAPPING_HEADS, put_item, put_mapping, upload, workbook
from tests.injury.fees import days_ago, make_admission

LIST = reverse("injury:mapping-list")


def text(response) -> str:
    assert response.status_code == 200, response.content.decode()[:2000]
    return response.content.decode()


def charge(admission, own_code: str, kind: str, amount, *, days: int = 5, **more) -> FeeItem:
    values = {
        "own_name": f"项目{own_code}",
        "common_name": "项目",
        "price": abs(Decimal(amount)),
    }
    return FeeItem.objects.create(
        environment=admission.environment,
        admission=admission,
        line_id=str(uuid4()),
        prescription="CF1",
        prescribed_on=days_ago(days),
        own_code=own_code,
        kind=kind,
        quantity=Decimal(1 if Decimal(amount) > 0 else -1),
        amount=Decimal(amount),
        source="page",
        **(values | more),
    )


@pytest.fixture
def shelf(hospital_a):
    """A small catalogue: a drug in two versions, a treatment, and what the hospital calls them."""
    with tenant_tx(hospital_a.pk):
        old = put_item("XN1", version="1", replaced_on=days_ago(3), price_limit=Decimal(10))
        new = put_item("XN1", "氯化钠注射液（新）", version="2", price_limit=Decimal(8), specification="500ml")
        dressing = put_item("ZL1", "换药", "1", price_limit=Decimal(20))
        put_mapping("YP1", old, own_name="生理盐水", own_initials="slys")
        put_mapping("ZL1", dressing, own_name="小换药", own_price=Decimal(25))
    return {"old": old, "new": new, "dressing": dressing}


# --- coverage


@pytest.fixture
def charged(shelf, hospital_a):
    with tenant_tx(hospital_a.pk):
        admission = make_admission()
        charge(admission, "YP1", "0", "60.00")
        charge(admission, "YP1", "0", "-10.00")
        charge(admission, "YP2", "0", "50.00")
        charge(admission, "YP3", "0", "900.00", days=200)
        charge(admission, "ZL1", "1", "100.00")
        charge(admission, "HC1", "9", "300.00")
        charge(admission, "HC2", "9", "5.00", state="dropped")
        put_mapping("HC1", None, kind="9")


def test_coverage_counts_items_and_money_by_kind(charged, hospital_a):
    with tenant_tx(hospital_a.pk):
        with CaptureQueriesContext(connection) as said:
            found = coverage("test", 90)
        everything = coverage("test", 0)
        other = coverage("production", 90)
    assert len(said) == 2
    assert found.total.items == {"all": 4, "mapped": 1, "outside": 1, "held": 1, "missing": 1}
    assert found.total.money["all"] == Decimal("500.00")
    assert (found.total.item_percent, found.total.money_percent) == (50, 80)
    drugs = found.kinds[0]
    assert (drugs.items["held"], drugs.money["held"], drugs.money["missing"]) == (1, Decimal(50), Decimal(50))
    assert [one.own_code for one in found.missing] == ["YP1", "YP2"]
    assert [one.own_code for one in everything.missing] == ["YP3", "YP1", "YP2"]
    assert other.total.items["all"] == 0


def test_a_clerk_maps_what_is_missing_from_the_coverage_page(charged, alice):
    shown = text(alice.get(reverse("injury:mapping-coverage")))
    assert "未对照" in shown
    assert "版本已更新" in shown
    assert shown.index("项目YP1") < shown.index("项目YP2")
    lines = read_xlsx(alice.get(reverse("injury:mapping-missing")).content)
    assert [line.values[0] for line in lines][-2:] == ["YP1", "YP2"]
    new = reverse("injury:mapping-new")
    form = text(alice.get(f"{new}?own_code=YP2&own_name=项目YP2&kind=0&next=coverage"))
    assert 'value="YP2"' in form
    data = {"own_code": "YP2", "own_name": "项目YP2", "kind": "0", "next": "coverage"}
    refused = text(alice.post(new, {**data, "own_name": "盐" * 101}))
    assert "医院项目名称最多 100 个字" in refused
    assert "请在右侧选择中心目录项目" in refused
    searched = text(alice.post(new, {**data, "search": "1", "q": "氯化钠", "specification": "特"}))
    assert "氯化钠注射液（新）" in searched
    assert 'value="特"' in searched
    said = alice.post(new, {**data, "centre_code": "XN1"}, follow=True)
    assert said.redirect_chain[-1][0] == reverse("injury:mapping-coverage")
    assert "项目YP2（YP2）→ XN1" in text(said)


# --- mappings


def test_a_clerk_searches_changes_renews_and_removes(shelf, alice, hospital_a):
    shown = text(alice.get(LIST))
    assert "1 条对照须更新" in shown
    assert "生理盐水" in text(alice.get(f"{LIST}?q=sly"))
    assert "生理盐水" not in text(alice.get(f"{LIST}?q=hy"))
    assert "小换药" in text(alice.get(f"{LIST}?dear=yes"))
    assert "小换药" not in text(alice.get(f"{LIST}?standing=held"))

    renewals = text(alice.get(reverse("injury:mapping-renewals")))
    for words in ("1 → 2", "氯化钠注射液 → 氯化钠注射液（新）", "10 → 8"):
        assert words in renewals
    choice = {"all": "1", "query": "", "claimed": "1"}
    said = text(alice.post(reverse("injury:mapping-renew"), choice, follow=True))
    assert "1 条对照已更新" in said
    assert "没有待更新的对照" in said
    with tenant_tx(hospital_a.pk):
        mapping = Mapping.objects.get(own_code="YP1")
        assert mapping.item_id == shelf["new"].pk
    assert "请先选择记录" in text(alice.post(reverse("injury:mapping-renew"), choice, follow=True))

    # another kind or code does not change which own item it is
    edit = reverse("injury:mapping-edit", args=[mapping.pk])
    assert "生理盐水" in text(alice.get(edit))
    data = {"own_code": "STOLEN", "kind": "9", "own_name": "生理盐水", "own_price": "9.5", "centre_code": "SZFCL999"}
    alice.post(edit, data)
    with tenant_tx(hospital_a.pk):
        mapping.refresh_from_db()
        assert (mapping.own_code, mapping.kind, mapping.centre_code) == ("YP1", "0", "SZFYP999")
    wrong = text(alice.post(edit, {**data, "centre_code": "ZL1", "valid_from": "2026-02-01", "own_price": "x"}))
    assert "医院单价应为数字" in wrong
    assert "种类不一致" in text(alice.post(edit, {**data, "centre_code": "ZL1"}))
    said = alice.post(reverse("injury:mapping-remove", args=[mapping.pk]), follow=True)
    assert "已取消对照" in text(said)


def test_the_lists_excel_can_be_brought_back(shelf, alice, hospital_a):
    lines = read_xlsx(alice.get(f"{LIST}?export=xlsx").content)
    heads = next(line.values for line in lines if "医院内码" in line.values)
    assert set(MAPPING_HEADS) - {"规格"} <= set(heads)
    content = alice.get(f"{LIST}?export=xlsx").content
    said = alice.post(reverse("injury:mapping-import"), {"file": upload(content)}, follow=True)
    assert "排队中" in text(said)
    with tenant_tx(hospital_a.pk):
        file = CatalogueFile.objects.get()
    read_file(file.pk, door=lambda: tenant_tx(hospital_a.pk), progress=lambda *_: None)
    with tenant_tx(hospital_a.pk):
        file.refresh_from_db()
        # the one of the old version would become one of the new version
        assert (file.counts["new"], file.counts["changed"], file.counts["same"]) == (0, 1, 1)


def test_searching_offers_only_what_is_in_force(shelf, alice):
    found = text(alice.get(reverse("injury:catalogue-search"), {"q": "lhn 500", "kind": "0"}))
    assert "氯化钠注射液（新）" in found
    assert ">1<" not in found
    assert "没有符合" in text(alice.get(reverse("injury:catalogue-search"), {"q": "氯化钠", "kind": "1"}))
    assert "SZFZL999" in text(alice.get(reverse("injury:catalogue-search"), {"q": "", "kind": "1"}))


# --- files


def test_a_clerk_imports_a_catalogue_and_an_auditor_only_looks(shelf, alice, carol, hospital_a):
    page = reverse("injury:catalogue-import")
    assert "不是 Excel 工作簿" in text(alice.post(page, {"file": upload(b"code,name", "a.csv")}))
    assert "请选择文件" in text(alice.post(page, {}))
    rows: list[list[Any]] = [
        ["XN1", "氯化钠注射液（新）", "0", "11", "1", "3", 7, None, None],
        ["ZL1", "换药（改）", "1", "22", "1", "1", 20, None, None],
        ["HC1", "接骨板", "9", "51", "2", "1", None, None, "2020-01-01"],
    ]
    said = alice.post(page, {"file": upload(workbook(*rows)), "is_complete": "on"}, follow=True)
    here = said.redirect_chain[-1][0]
    assert "排队中" in text(said)
    with tenant_tx(hospital_a.pk):
        file = CatalogueFile.objects.get()
    read_file(file.pk, door=lambda: tenant_tx(hospital_a.pk), progress=lambda *_: None)
    finish_jobs(hospital_a)
    assert alice.get(reverse("injury:catalogue-file-progress", args=[file.pk])).headers["HX-Refresh"] == "true"
    preview = text(alice.get(here))
    for words in ("换药（改）", "限价：<span", "受影响的本院对照", "已过失效日期"):
        assert words in preview
    lines = f"{reverse('injury:catalogue-lines')}?file={file.pk}&finding=new"
    assert "接骨板" in text(alice.get(lines))
    assert "换药（改）" not in text(alice.get(lines))
    use = reverse("injury:catalogue-file-use", args=[file.pk])
    assert carol.post(use).status_code == 403
    assert use not in text(carol.get(here))
    assert "正在导入" in text(alice.post(use, follow=True))
    with tenant_tx(hospital_a.pk):
        use_file(file.pk, FileKind.CATALOGUE, by=None)
    finish_jobs(hospital_a)
    assert "已导入：新增 1 条" in text(alice.get(here))
    assert "已经处理过了" in text(alice.post(use, follow=True))
    assert "接骨板" in text(carol.get(reverse("injury:catalogue-list") + "?standing=expired"))


def finish_jobs(institution) -> None:
    from portal.jobs import Job

    with tenant_tx(institution.pk):
        Job.objects.update(state="done")


def test_a_file_of_mappings_is_shown_among_the_mappings(shelf, alice, hospital_a):
    with tenant_tx(hospital_a.pk):
        file = CatalogueFile.objects.create(environment="test", kind=FileKind.MAPPINGS, name="甲.xlsx", state="faulty")
    here = reverse("injury:mapping-file", args=[file.pk])
    assert alice.get(reverse("injury:catalogue-file", args=[file.pk])).url == here
    assert f'href="{reverse("injury:mapping-list")}" aria-current="page"' in text(alice.get(here))


def test_it_is_nobody_elses(shelf, alice, charlie, hospital_a):
    with tenant_tx(hospital_a.pk):
        mapping = Mapping.objects.all()[0]
        file = CatalogueFile.objects.create(
            environment="test", kind=FileKind.CATALOGUE, name="甲.xlsx", state="preview"
        )
    for name, pk in (("mapping-edit", mapping.pk), ("catalogue-file", file.pk), ("catalogue-file-progress", file.pk)):
        assert charlie.get(reverse(f"injury:{name}", args=[pk])).status_code == 404
    for name, pk in (("mapping-remove", mapping.pk), ("catalogue-file-use", file.pk), ("catalogue-file-drop", file.pk)):
        assert charlie.post(reverse(f"injury:{name}", args=[pk])).status_code == 404
    for name in ("mapping-list", "catalogue-list", "mapping-coverage", "mapping-renewals"):
        assert "XN1" not in text(charlie.get(reverse(f"injury:{name}")))
    assert "氯化钠" not in text(charlie.get(reverse("injury:catalogue-search"), {"q": "lhn"}))
    assert charlie.get("/api/v1/injury/mappings").json()["items"] == []


@pytest.mark.parametrize(
    "name", ["mapping-list", "mapping-renewals", "catalogue-list", "mapping-coverage", "error-list"]
)
def test_pages_ask_as_many_questions_for_many_rows_as_for_few(shelf, alice, hospital_a, name, monkeypatch):
    monkeypatch.setattr(middleware, "GRAIN", 3600)  # being there is written down every second
    address = reverse(f"injury:{name}")

    def questions() -> int:
        with CaptureQueriesContext(connection) as said:
            text(alice.get(address))
        return len(said)

    questions()
    few = questions()
    with tenant_tx(hospital_a.pk):
        admission = make_admission()
        for n in range(30):
            item = put_item(f"XN1{n:02}", version="1", replaced_on=days_ago(2))
            put_item(f"XN1{n:02}", version="2")
            put_mapping(f"Z{n:02}", item)
            charge(admission, f"Z{n:02}", "0", "10")
    assert questions() <= few + 1  # the notice about new versions


# --- the API


def test_a_hospital_system_saves_mappings_and_reads_the_coverage(charged, alice, hospital_a):
    def post(*items, **more):
        headers = {"HTTP_IDEMPOTENCY_KEY": str(uuid4())}
        body = json.dumps({"items": items, **more})
        return alice.post("/api/v1/injury/mappings", body, "application/json", **headers)

    good = {"own_code": "YP2", "own_name": "盐水", "kind": "0", "centre_code": "XN1", "own_price": "9.5"}
    first = post(good, {**good, "own_code": "YP9", "centre_code": "目录外"}).json()
    assert [(one["state"], one["id"]) for one in first["rows"]] == [("new", "YP2"), ("new", "YP9")]
    assert (first["new"], first["changed"], first["same"], first["done"]) == (2, 0, 0, 2)
    assert post(good).json()["same"] == 1
    wrong, other = {**good, "own_code": "YP3", "centre_code": "NO"}, {**good, "own_name": "生理盐水"}
    refused = post(other, wrong, atomic=True)
    assert refused.status_code == 422
    assert refused.json()["errors"] == [{"pointer": "/items/1/centre_code", "detail": "中心目录中没有编码 NO"}]
    by_row = post(wrong, 7, {**good, "kind": "5"}, other, {**good, "centre_code": "NO"})
    assert (by_row.status_code, by_row.json()["done"], by_row.json()["refused"]) == (207, 1, 4)
    said = [(one["state"], [fault["pointer"] for fault in one.get("errors", ())]) for one in by_row.json()["rows"]]
    assert said == [
        ("refused", ["/items/0/centre_code"]),
        ("refused", ["/items/1"]),
        ("refused", ["/items/2/kind"]),
        ("changed", []),
        ("refused", ["/items/4/own_code"]),
    ]
    assert "与第 4 个重复" in by_row.json()["rows"][4]["errors"][0]["detail"]
    assert post({**good, "own_name": "盐" * 101}).status_code == 422
    assert post({**good, "kind": "5"}).status_code == 422
    with tenant_tx(hospital_a.pk):
        assert not Mapping.objects.filter(own_code="YP3").exists()

    listed = alice.get("/api/v1/injury/mappings?standing=outdated").json()["items"]
    assert [(one["own_code"], one["standing"], one["is_outside"]) for one in listed] == [("YP1", "outdated", False)]
    assert alice.get("/api/v1/injury/mappings?standing=never").status_code == 422
    found = alice.get("/api/v1/injury/mappings/coverage").json()
    assert found["shares"][0]["money"]["all"] == "500.00"
    assert [(one["own_code"], one["money"]) for one in found["missing"]] == [("YP1", "50.00")]
    assert alice.get("/api/v1/injury/mappings/coverage?days=7").status_code == 422
    assert {one["version"] for one in alice.get("/api/v1/injury/catalogue?q=lhn").json()["items"]} == {"1", "2"}


# --- the admin


@pytest.mark.parametrize("table", ["catalogueitem", "mapping", "cataloguefile", "errorcode"])
def test_the_admin_shows_and_searches_but_changes_nothing(shelf, carol, hospital_a, table):
    with tenant_tx(hospital_a.pk):
        CatalogueFile.objects.create(environment="test", kind=FileKind.CATALOGUE, name="甲.xlsx", content=b"PK")
    address = reverse(f"admin:injury_{table}_changelist")
    listed = text(carol.get(f"{address}?q=1"))
    assert "目录" in listed or "错误" in listed
    assert carol.get(f"{address}add/").status_code == 403
    model = {"catalogueitem": CatalogueItem, "mapping": Mapping, "cataloguefile": CatalogueFile, "errorcode": ErrorCode}
    with tenant_tx(hospital_a.pk):
        pk = model[table]._default_manager.all()[0].pk
    page = reverse(f"admin:injury_{table}_change", args=[pk])
    text(carol.get(page))
    assert carol.post(page, {"name": "x"}).status_code == 403
