"""Appendix B of the clearing manual, complete, in the data that every page reads."""

import pytest

from portal.codes import code_list, code_lists

APPENDIX_B = {
    "B.1": ("aka080", {"001": "城镇职工基本医疗保险", "002": "城乡居民基本医疗保险"}),
    "B.2": ("qsjg00", {"001": "同煤", "002": "异地", "003": "本地"}),
    "B.3": ("akc191", {"001": "普通门诊", "002": "普通住院", "003": "门诊大额疾病", "005": "生育住院"}),
    "B.4": ("hdzt00", {"000": "未核对", "001": "已核对"}),
    "B.5": ("qssqzt", {"000": "未申请", "001": "已申请"}),
    "B.6": (
        "insu_admdvs",
        {
            "140212": "新荣区",
            "140213": "平城区",
            "140214": "云冈区",
            "140215": "云州区",
            "140221": "阳高县",
            "140222": "天镇县",
            "140223": "广灵县",
            "140224": "灵丘县",
            "140225": "浑源县",
            "140226": "左云县",
            "140240": "开发区",
            "140298": "晋控煤业分中心",
            "140299": "大同市市本级",
        },
    ),
    "B.7": (
        "clr_type",
        {
            "11": "门诊",
            "12": "门诊挂号",
            "14": "门诊慢特病",
            "15": "两病门诊",
            "16": "中医特色门诊",
            "21": "住院",
            "27": "单病种住院",
            "28": "日间手术",
            "41": "药店购药",
            "51": "暂缓结算",
            "53": "生育门诊",
        },
    ),
}
COUNTS = {"B.1": 2, "B.2": 3, "B.3": 4, "B.4": 2, "B.5": 2, "B.6": 13, "B.7": 11}


@pytest.mark.parametrize("clause", APPENDIX_B)
def test_every_value_of_the_appendix_is_there(clause):
    name, values = APPENDIX_B[clause]
    listed = code_list(f"clearing.{name}")
    assert {one.code: one.label for one in listed.codes.values()} == values
    assert len(listed) == COUNTS[clause]
    assert listed.source.endswith(clause)


def test_the_help_shows_them_under_their_clause(alice):
    assert {one.source[-3:] for one in code_lists() if "附录 B" in one.source} == COUNTS.keys()
    for name, values in APPENDIX_B.values():
        page = alice.get(f"/help/codes/clearing/{name}/").content.decode()
        assert page.count('<th scope="row"') == len(values)
