"""Provinces' editions: laid over the base, refused with every fault, kept by version, used, shown, exported."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError
from django.db import transaction as database
from django.urls import reverse
from pydantic import ValidationError

from portal.access.door import tenant_tx
from portal.gateway.journal import Operation, open_operation, request_of
from portal.gateway.journal.handlers import class_of
from portal.gateway.messages import item_of
from portal.gateway.national import compose, current_edition, transaction
from portal.gateway.national.classes import _editions
from portal.gateway.national.differences import differing, differing_codes
from portal.gateway.national.edition_faults import EditionFaults
from portal.gateway.national.edition_sheets import xlsx_of
from portal.gateway.national.editions import base, read_edition
from portal.gateway.national.keeping import bring_edition, content_of_file, presets, use_edition
from portal.gateway.national.models import NationalEdition
from tests.cast import actions_of
from tests.national.test_tables import fields_of

OWN = {
    "kind": "national-edition",
    "province": "样例省",
    "version": "2025.1",
    "note": "样例",
    "transactions": {
        "S3601": {
            "input": {
                "data": {
                    "set": [
                        ["setl_id", "结算ID", "text", "30", True],
                        ["guard_name", "监护人姓名", "text", "50", False],
                        ["sheet_kind", "结算单种类", "text", "3", True, "sheet_kind"],
                    ]
                }
            },
            "output": {"setlinfo": {"many": True, "set": [["medfee_sumamt", "医疗费总额", "number", "16,2", True]]}},
        },
        "2207": {
            "input": {
                "data": {
                    "set": [
                        ["invono", "发票号码", "text", "40", True],
                        ["prov_mark", "省内标志", "text", "2", False],
                    ],
                    "remove": ["pub_hosp_rfom_flag"],
                }
            }
        },
    },
    "codes": {
        "sheet_kind": {"title": "结算单种类", "set": {"1": "门诊"}},
        "med_type": {"set": {"77": "本省类别"}, "remove": ["71"]},
    },
    "reversible": ["2102", "2207A"],
    "balanced": ["000000"],
    "wire_names": {"durg_trac_info": "drug_trac_info"},
    "secret": ["guard_name"],
}


def test_an_edition_adds_changes_and_removes():
    edition = read_edition(OWN)
    shown = {one.number: (one.mark, one.counts) for one in differing(edition)}
    changed = {"added": 1, "changed": 1, "removed": 1}
    assert shown == {
        "2207": ("changed", changed),
        "2207A": ("changed", changed),  # it extends 2207
        "S3601": ("added", {"added": 4, "changed": 0, "removed": 0}),
    }
    assert {one.name: one.codes for one in differing_codes(edition)} == {
        "med_type": (("71", "家庭病床", "", "removed"), ("77", "", "本省类别", "added")),
        "sheet_kind": (("1", "", "门诊", "added"),),
    }
    assert (set(edition.reversible), set(edition.balanced)) == ({"2102", "2207A"}, {"000000"})
    assert base().balanced == {"0"}


def test_its_messages_are_its_own_and_the_base_stays_as_it_was():
    edition = read_edition(OWN)
    asked = transaction("S3601", edition)
    assert asked.edition == edition.digest
    assert asked.safe
    assert transaction("S3601", edition) is asked
    data: Any = asked.model_fields["data"].annotation
    assert item_of(data, "guard_name").secret
    with pytest.raises(ValidationError):
        compose("S3601", {"data": {"setl_id": "1", "sheet_kind": "2"}}, edition=edition)
    right: Any = compose("S3601", {"data": {"setl_id": "1", "sheet_kind": "1"}}, edition=edition)
    assert right.data.sheet_kind == "1"
    assert transaction("9001", edition) is transaction("9001")
    own, usual = fields_of("2207A", "data", edition), fields_of("2207A", "data")
    assert [one["invono"].is_required() for one in (own, usual)] == [True, False]
    assert ["prov_mark" in one for one in (own, usual)] == [True, False]
    assert fields_of("2102A", "drugdetail", edition)["durg_trac_info"].alias == "drug_trac_info"


def test_everything_wrong_with_an_edition_is_said_at_once():
    wrong = {
        "province": "",
        "version": "1",
        "extra": 1,
        "transactions": {
            "36": {"input": {"data": {"set": [["a"], ["b!", "", "blob", "x", 2]], "remove": ["q"]}}},
            "2207A": {
                "safe": True,
                "input": {"data": {"remove": ["nope"], "set": [["psn_no", "编号", "number", "2,4", True]]}},
            },
            "S3601": {},
        },
        "codes": {"fresh": {"set": {}}, "gend": {"remove": ["5"]}},
        "reversible": ["9999"],
        "balanced": [],
    }
    with pytest.raises(EditionFaults) as error:
        read_edition(wrong)
    said = "\n".join(error.value.sentences)
    for sentence in (
        *(
            "不认识的项目“extra”",
            "省份（province）：应为 1 到 20 个字",
            "交易 36：编号应为四位数字",
            "没有字段 q，不能删除",
        ),
        *(
            "字段 b!：应为字母开头的英文名称",
            "字段 b!：类型应为",
            "交易 2207A：已有交易的办理性质不能改变",
            "没有字段 nope",
        ),
        *("字段 psn_no：小数位数不对", "交易 S3601：没有公开的字段表", "代码表 fresh：新代码表请写标题", "没有代码 5"),
        *("可冲正交易：没有交易 9999", "平账代码（balanced）：至少写一个"),
    ):
        assert sentence in said
    broken: list[Any] = [
        [],
        {"kind": "other"},
        {"province": "x", "version": "1", "transactions": {"2207": {"input": {"data": 5}}}},
    ]
    for one in broken:
        with pytest.raises(EditionFaults):
            read_edition(one)


def test_json_and_excel_say_the_same():
    for content in (OWN, *presets().values()):
        edition = read_edition(content)
        assert read_edition(content_of_file(json.dumps(content).encode())).digest == edition.digest
        assert read_edition(content_of_file(xlsx_of(edition.content, "样例"))).digest == edition.digest
    with pytest.raises(EditionFaults, match="JSON"):
        content_of_file(b"\xff\xfe")
    assert {one.province: len(one.reversible) for one in map(read_edition, presets().values())} == {
        "四川": 10,
        "广东": 10,
        "湖南": 7,
        "湖北": 9,
    }


def test_an_operation_keeps_the_edition_it_was_made_in(alice_member, dora_member, in_hospital_a):
    row = bring_edition(OWN, by=dora_member)
    assert bring_edition(OWN, by=dora_member) == row
    assert current_edition().digest == ""
    use_edition(row, by=dora_member)
    edition = current_edition()
    assert edition.digest == row.digest
    content = {"fixmedins_code": "H14020000001", "inv_data_type": "1", "fixmedins_bchno": "B1"}
    content = {name: value for name, value in content.items() if name in fields_of("3507", "data")}
    made = compose("3507", {"data": content}, edition=edition)
    assert type(made) is transaction("3507")  # nothing of it differs here: the base's own class
    sample = read_edition(
        {**OWN, "transactions": {"3507": {"input": {"data": {"set": [["why", "原因", "text", "9", True]]}}}}}
    )
    use_edition(bring_edition(sample.content, by=dora_member), by=dora_member)
    made = compose("3507", {"data": {**content, "why": "x"}}, edition=current_edition())
    operation = open_operation(made, key="K1", by=alice_member, title="样例", by_console=True)
    assert operation.edition == sample.digest
    use_edition(row, by=dora_member)
    _editions.clear()  # as another process finds it
    again = Operation.objects.get(pk=operation.pk)
    assert request_of(again) == made
    assert class_of(again) is type(made)
    with pytest.raises(IntegrityError, match="stays in the edition"), database.atomic():
        Operation.objects.filter(pk=operation.pk).update(edition="")
    with pytest.raises(IntegrityError, match="never changes"), database.atomic():
        NationalEdition.objects.filter(pk=row.pk).update(content={})


def test_an_administrator_brings_looks_uses_and_exports(dora, alice, charlie, hospital_a):
    page = reverse("settlement:edition-import")
    assert alice.get(page).status_code == 403
    wrong = SimpleUploadedFile("a.json", json.dumps({**OWN, "reversible": ["9999"]}).encode())
    assert "可冲正交易：没有交易 9999" in dora.post(page, {"file": wrong}).content.decode()
    assert "请选择一个文件" in dora.post(page, {}).content.decode()
    brought = dora.post(page, {"file": SimpleUploadedFile("a.json", json.dumps(OWN).encode())})
    with tenant_tx(hospital_a.pk):
        row = NationalEdition.objects.get()
    detail = reverse("settlement:edition-detail", args=[row.pk])
    assert brought["Location"] == detail
    shown = alice.get(detail).content.decode()
    for words in (
        "S3601 结算单数据获取",
        "prov_mark",
        "<del>",
        "pub_hosp_rfom_flag",
        "本省类别",
        "drug_trac_info",
        "2401 删除",
    ):
        assert words in shown, words
    assert charlie.get(detail).status_code == 404
    assert "使用中：国家基线版" in alice.get(reverse("settlement:edition-list")).content.decode()
    assert alice.post(reverse("settlement:edition-use", args=[row.pk])).status_code == 403
    dora.post(reverse("settlement:edition-use", args=[row.pk]))
    assert "使用中：样例省 2025.1" in alice.get(reverse("settlement:edition-list")).content.decode()
    dora.post(reverse("settlement:edition-drop", args=[row.pk]))
    with tenant_tx(hospital_a.pk):
        assert NationalEdition.objects.get().is_current  # it was used: it stays
    for form in ("json", "xlsx"):
        file = alice.get(reverse("settlement:edition-export", args=[row.pk, form]))
        assert read_edition(content_of_file(file.content)).digest == row.digest
    dora.post(page, {"preset": "sichuan"})
    with tenant_tx(hospital_a.pk):
        other = NationalEdition.objects.get(is_current=False)
    dora.post(reverse("settlement:edition-drop", args=[other.pk]))
    dora.post(reverse("settlement:edition-base"))
    with tenant_tx(hospital_a.pk):
        assert [(one.pk, one.is_current) for one in NationalEdition.objects.all()] == [(row.pk, False)]
    done = [one for one in actions_of(hospital_a.pk) if one.startswith("gateway.edition.")]
    assert done == [f"gateway.edition.{one}" for one in ("brought", "used", "brought", "dropped", "used")]


def test_the_catalogue_lists_every_number_and_what_is_known_of_it(alice, dora, hospital_a):
    page = reverse("settlement:catalogue-transactions")
    shown = alice.get(page).content.decode()
    assert "符合条件 <strong>123</strong> 个" in shown
    assert "10 个交易没有公开的字段表" in shown
    assert "符合条件 <strong>10</strong> 个" in alice.get(f"{page}?known=missing").content.decode()
    assert "S3601" in alice.get(f"{page}?q=jsdsj").content.decode()
    assert len(alice.get(f"{page}?effect=reversible&export=xlsx").content) > 2000
    assert "没有公开的字段表" in alice.get(reverse("settlement:catalogue-transaction", args=["S3601"])).content.decode()
    assert alice.get(reverse("settlement:catalogue-transaction", args=["0000"])).status_code == 404
    for number in ("2102A", "3101", "3260", "9102"):
        assert number in alice.get(reverse("settlement:catalogue-transaction", args=[number])).content.decode()
    file = SimpleUploadedFile("a.xlsx", xlsx_of(OWN, "样例"))
    dora.post(reverse("settlement:edition-import"), {"file": file})
    with tenant_tx(hospital_a.pk):
        row = NationalEdition.objects.get()
    dora.post(reverse("settlement:edition-use", args=[row.pk]))
    assert "setl_id" in alice.get(reverse("settlement:catalogue-transaction", args=["S3601"])).content.decode()
    edit = reverse("gateway:console-edit", args=["national", "S3601"])
    assert edit in alice.get(reverse("gateway:console")).content.decode()
    assert "监护人姓名" in alice.get(edit).content.decode()


def test_the_command_lists_them_too(hospital_a, dora_member):
    told = StringIO()
    call_command("national_transactions", stdout=told)
    lines = told.getvalue().splitlines()
    assert len(lines) == 124
    assert lines[-1] == "共 123 个交易（国家基线版）：有字段表 106，扩展其他交易 7，本省字段表 0，缺字段表 10"
    with tenant_tx(hospital_a.pk):
        use_edition(bring_edition(OWN, by=dora_member), by=dora_member)
    told = StringIO()
    call_command("national_transactions", institution=hospital_a.code, stdout=told)
    assert "本省字段表 1，缺字段表 9" in told.getvalue()
