"""Messages on the console's page: the same as form and as JSON, all faults at once, secrets behind marks."""

from decimal import Decimal

import pytest
from django.http import QueryDict

from clearing.messages import QueryClearing
from clearing.messages.cross_region import ConfirmCrossRegion
from injury.messages import Register, UploadFees, UploadMaterial
from portal.gateway.console import texts
from portal.gateway.console.form import built, changed, drawn, misfits
from portal.gateway.console.hidden import hidden, marks_left, restored, without_marks
from portal.gateway.console.services import faults_of, sample_tree
from portal.gateway.messages import masked_tree

#: Made up: the area does not exist, the check digit is right.
NUMBER = "990101199001010015"


def posted(items, extras=(), post=None):
    """What a browser sends for these items."""
    post = QueryDict(mutable=True) if post is None else post
    for one in items:
        if one.field.control == "group":
            if one.present and not one.field.required:
                post.appendlist("has", one.name)
            posted(one.items, one.extras, post)
        elif one.field.control == "list":
            if one.present:
                post.appendlist("has", one.name)
                post[f"count:{one.name}"] = str(len(one.entries))
            for entry in one.entries:
                posted(entry.items, entry.extras, post)
        else:
            if one.blank:
                post.appendlist("blank", one.name)
            post[f"f:{one.name}"] = one.value
    for extra in extras:
        post[f"x:{extra.name}"] = extra.value
    return post


def through_form(kind, tree):
    return built(kind, posted(*drawn(kind, tree)))


def test_a_form_gives_back_what_it_was_drawn_from():
    tree = sample_tree(UploadFees)
    line = tree["meds"]["med"][0]
    tree["meds"]["med"].append({**line, "alc407": Decimal("-12.3400"), "bzmsg": '引号"、换行\n和𬱖'})
    tree["unknown"] = {"a": [1, Decimal("2.50")]}
    tree["meds"]["med"][1]["other"] = "x|y"
    tree["akc190"] = ""
    assert texts.read(texts.written(tree)) == tree
    again = through_form(UploadFees, tree)
    assert again == tree
    assert texts.written(again) == texts.written(texts.read(texts.written(again)))
    assert str(again["meds"]["med"][1]["alc407"]) == "-12.3400"


def test_what_is_not_a_number_stays_as_it_was_typed():
    tree = {**sample_tree(QueryClearing), "page": "1e5", "size": "０１"}
    assert through_form(QueryClearing, tree) == tree
    assert {one.where for one in faults_of(QueryClearing, tree)} == {"page", "size"}


def test_what_a_form_cannot_hold_is_named():
    tree = sample_tree(ConfirmCrossRegion) | {"data": "text", "detail": [1]}
    assert misfits(ConfirmCrossRegion, tree) == [
        "结算月份和总行数（data）应为一组字段",
        "结算详情（detail）应为一列字段组",
    ]
    assert misfits(UploadFees, {"akc190": ["a"]}) == ["住院号/门诊号（akc190）应为一个值"]


def test_it_names_all_faults_at_once_with_path_and_label():
    tree = sample_tree(Register)
    tree["kc21"] |= {"aac004": "9", "akc190": "x" * 31, "aab001": 5, "other": 1}
    del tree["kc21"]["ysbm"]
    tree["isnewinjure"] = "2"
    found = {one.where: (one.label, one.sentence) for one in faults_of(Register, tree)}
    assert found == {
        "isnewinjure": ("是否新发工伤", "取值不在规定范围内"),
        "kc21.aab001": ("单位编号", "应为文本"),
        "kc21.aac004": ("性别", "不在代码表“性别”中"),
        "kc21.akc190": ("住院号/门诊号", "最多 30 个字符"),
        "kc21.ysbm": ("主治医师", "必填"),
        "kc21.other": ("多余字段", "接口中没有这个字段"),
    }
    items, _ = drawn(Register, tree, faults_of(Register, tree))
    group = next(one for one in items if one.name == "kc21")
    assert next(one for one in group.items if one.name == "kc21.ysbm").faults == ["必填"]
    assert next(one for one in group.items if one.name == "kc21.aac004").unlisted


def test_groups_and_entries_come_and_go():
    tree = sample_tree(UploadFees)
    line = tree["meds"]["med"][0]
    tree = changed(UploadFees, tree, "add", "meds.med", [{**line, "alc400": "2"}])
    assert [one["alc400"] for one in tree["meds"]["med"]] == [line["alc400"], "2"]
    tree = changed(UploadFees, tree, "remove", "meds.med[0]", None)
    assert [one["alc400"] for one in tree["meds"]["med"]] == ["2"]
    tree = changed(UploadFees, tree, "remove", "advices", None)
    assert "advices" not in tree


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"a": }', "第 1 行第 7 个字符附近"),
        ("[1]", "最外层应为一组字段"),
        ('{"a": 1, "a": 2}', "字段 a 出现了两次"),
        ('{"a": NaN}', "NaN"),
        ("[" * 100_000, "层次太深"),
    ],
)
def test_text_that_is_no_message_is_refused_with_its_place(text, says):
    with pytest.raises(texts.Unreadable, match=says):
        texts.read(text)


def test_secrets_of_an_earlier_call_travel_as_marks():
    tree = sample_tree(Register)
    tree["kc21"] |= {"aac002": NUMBER, "aac003": "样例人", "bz": f"证件 {NUMBER}"}
    shown, kept = hidden(Register, tree)
    assert NUMBER not in texts.written(shown)
    assert "样例人" not in texts.written(shown)
    assert restored(shown, kept) == tree
    moved = {"kc21": {"aac003": shown["kc21"]["aac003"]}}
    assert restored(moved, kept) == {"kc21": {"aac003": "样例人"}}, "the mark goes where it is put"
    assert {one.where for one in marks_left(Register, shown)} == {"kc21.aac002", "kc21.aac003", "kc21.bz", "kc21.sbkid"}
    assert "aac002" not in without_marks(shown)["kc21"]
    assert restored({"a": "***99"}, kept) == {"a": "***99"}


def test_what_is_shown_of_a_message_needs_no_valid_message():
    tree = {
        "kc21": {"aac003": "样例人", "aac001": int(NUMBER), "zzz": "?", "bz": f"见{NUMBER}"},
        "sessionid": 7,
        "kc21s": 1,
    }
    shown = masked_tree(Register, tree)
    assert shown["kc21"] == {
        "aac003": "***",
        "aac001": "990***********0015",
        "zzz": "***",
        "bz": "见990***********0015",
    }
    assert (shown["sessionid"], shown["kc21s"]) == ("***", "***")
    note = f"[file 12 bytes sha256 {'a' * 64}]"
    assert masked_tree(UploadMaterial, {"file": note}) == {"file": note}
    assert masked_tree(UploadMaterial, {"file": "QUJD"}) == {"file": "***"}
