"""Chapter 5 of the work-injury interface, complete: code lists, regions, errors with a next step each."""

from collections import Counter

import pytest

from injury.messages.errors import documented_errors
from injury.messages.gateway import CODES, INJURY
from injury.models import ErrorCode
from injury.services.error_codes import rows_of_file
from portal.codes import code_list, code_lists

REGIONS = "aab301"
#: 5.1: 31 lists.
COUNTS = {
    "aaa027": 17,
    "aac004": 2,
    "aae016": 3,
    "aae100": 2,
    "aae116": 4,
    "aaz502": 6,
    "aka063": 53,
    "aka065": 3,
    "aka073": 13,
    "aka130": 2,
    "aka1300": 2,
    "akc175": 4,
    "akc191": 2,
    "akc195": 5,
    "akc666": 3,
    "akc667": 2,
    "ala012": 3,
    "ala040": 16,
    "ala491": 7,
    "alc021": 3,
    "alc027": 20,
    "alc029": 5,
    "alc060": 4,
    "alc404": 3,
    "ale021": 5,
    "alk022": 2,
    "clc004": 9,
    "filetype": 6,
    "jxzl": 2,
    "tclb": 3,
    "zka020": 3,
}
#: Values that tell that label and code were not swapped, that zeros are kept, that long codes are whole.
SPOTS = {
    "aaa027": {"150000": "内蒙古自治区", "159400": "满洲里市市级", "159901": "自治区本级_市级"},
    "aka063": {"00": "手术加收", "11": "药费", "1407": "救护车费", "14021": "集中带量"},
    "ala040": {"00": "未达到等级", "10": "伤残十级", "44": "直接死亡"},
    "alc404": {"0": "药品", "1": "诊疗", "9": "耗材"},
    "akc195": {"1": "康复", "9": "其它"},
    "aab301": {"150000": "内蒙古自治区", "150102": "呼和浩特市新城区"},
}
ERRORS = documented_errors(CODES / "errors.json")


def test_there_are_31_lists_with_214_values_and_136_regions():
    mine = {one.name: len(one) for one in code_lists() if one.scope == "injury"}
    assert mine.pop(REGIONS) == 136
    assert mine == COUNTS
    assert (len(mine), sum(mine.values())) == (31, 214)
    assert all(one.source.startswith("工伤接口 5.") for one in code_lists() if one.scope == "injury")


@pytest.mark.parametrize("name", SPOTS)
def test_values_mean_what_the_specification_says(name):
    listed = code_list(f"injury.{name}")
    assert {code: listed.label(code) for code in SPOTS[name]} == SPOTS[name]


def test_there_are_315_errors_and_doubles_are_kept():
    assert len(ERRORS) == 315
    twice = {code for code, count in Counter(one.code for one in ERRORS).items() if count > 1}
    assert twice == {"170001", "180005"}
    for code in twice:
        first, second = (one for one in ERRORS if one.code == code)
        assert first.text != second.text
    assert len({one.section for one in ERRORS}) == 30


def test_every_error_has_a_next_step_in_plain_words():
    for one in ERRORS:
        assert bool(one.next_step) == (one.code != "0"), one
        assert one.text, one
        assert not any(sign in one.next_step for sign in "!?{}"), one
        assert len(one.next_step) < 60, one


def test_what_may_have_taken_effect_is_no_refusal():
    """A failed saving says nothing about what is saved; such an answer is looked into, never believed."""
    doubtful = {one.code for one in ERRORS if not one.definite}
    assert doubtful.isdisjoint(INJURY.refusals)
    assert {one.code for one in ERRORS if "保存失败" in one.text} <= doubtful
    assert {"99999", "1004"} <= doubtful
    assert {one.code for one in ERRORS if one.definite} - doubtful == set(INJURY.refusals)
    assert {"81035", "81038", "330039", "21003", "51003"} <= set(INJURY.refusals)


def test_the_table_is_what_the_file_says(db):
    names = [field.attname for field in ErrorCode._meta.concrete_fields]
    wanted = [tuple(getattr(one, name) for name in names) for one in rows_of_file()]
    assert list(ErrorCode.objects.order_by("number").values_list(*names)) == wanted
