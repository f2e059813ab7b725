"""Code lists as data."""

import json
import sys
from datetime import date

import pytest

from portal import codes
from portal.codes import Code, code_list, code_lists


@pytest.fixture(autouse=True)
def own_lists(monkeypatch):
    monkeypatch.setattr(sys.modules["portal.codes.lists"], "_LISTS", {})


def write(folder, name="sex", scope="one", rows=({"code": "1", "label": "男"},), **more):
    content = {
        "kind": "codes",
        "scope": scope,
        "name": name,
        "title": "性别",
        "source": "例",
        "codes": list(rows),
    } | more
    (folder / f"{scope}-{name}.json").write_text(json.dumps(content), encoding="utf-8")


def test_it_is_found_by_its_whole_name_or_by_a_unique_one(tmp_path):
    write(tmp_path)
    codes.load(tmp_path)
    assert code_list("one.sex") is code_list("sex")
    write(tmp_path, scope="two")
    codes.load(tmp_path)
    with pytest.raises(LookupError, match=r"one of one\.sex, two\.sex"):
        code_list("sex")
    with pytest.raises(LookupError, match="unknown"):
        code_list("colour")
    assert [f"{one.scope}.{one.name}" for one in code_lists()] == ["one.sex", "two.sex"]


def test_an_unknown_code_is_its_own_label(tmp_path):
    write(tmp_path)
    codes.load(tmp_path)
    assert code_list("sex").label("1") == "男"
    assert code_list("sex").label("9") == "9"
    assert "9" not in code_list("sex")


def test_files_of_another_kind_are_left_alone(tmp_path):
    write(tmp_path, kind="refusals")
    codes.load(tmp_path)
    assert code_lists() == ()


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], "empty"),
        ([{"code": "1", "label": "a"}, {"code": "1", "label": "b"}], "twice"),
        ([{"code": 1, "label": "a"}], "must be text"),
        ([{"code": "1", "label": ""}], "must be text"),
    ],
)
def test_a_list_that_is_wrong_is_refused_with_its_file(tmp_path, rows, sentence):
    write(tmp_path, rows=rows)
    with pytest.raises(ValueError, match=rf"one-sex\.json.*{sentence}"):
        codes.load(tmp_path)


def test_another_list_of_the_same_name_is_refused(tmp_path):
    write(tmp_path)
    codes.load(tmp_path)
    codes.load(tmp_path)
    write(tmp_path, rows=[{"code": "2", "label": "女"}])
    with pytest.raises(ValueError, match="exists already"):
        codes.load(tmp_path)


def test_a_code_holds_in_its_region_and_time():
    code = Code("1", "x", "1402", date(2024, 1, 1), date(2024, 12, 31))
    assert code.holds(date(2024, 1, 1), "1402")
    assert code.holds(date(2024, 12, 31))
    assert not code.holds(date(2025, 1, 1), "1402")
    assert not code.holds(date(2023, 12, 31), "1402")
    assert not code.holds(date(2024, 6, 1), "5101")


def test_a_file_may_hold_many_lists_and_a_variant_is_found_by_its_whole_name_only(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules["portal.codes.lists"], "_VARIANTS", {})
    lists = {"sex": {"title": "性别", "codes": {"1": "男", "2": "女"}}, "side": {"title": "侧", "codes": {"L": "左"}}}
    content = {"kind": "code-lists", "scope": "one", "source": "例", "lists": lists}
    (tmp_path / "many.json").write_text(json.dumps(content), encoding="utf-8")
    codes.load(tmp_path)
    assert [f"{one.scope}.{one.name} {len(one)}" for one in code_lists()] == ["one.sex 2", "one.side 1"]
    variant = codes.CodeList("one@1", "sex", "性别", "例", {"9": Code("9", "未说明")})
    assert codes.keep_variant(variant) == "one@1.sex" == codes.keep_variant(variant)
    assert code_list("sex").label("9") == "9"
    assert code_list("one@1.sex").label("9") == "未说明"
    assert len(code_lists()) == 2
    with pytest.raises(ValueError, match="exists already"):
        codes.keep_variant(codes.CodeList("one@1", "sex", "性别", "例", {"8": Code("8", "别的")}))
