"""What is collected from institutions: which numbers there are, what a record is called by, what takes it back.

Sichuan guide, chapter 2: 3-机构管理 (3301 to 3507) and 4-信息采集上传 (4101 to 4701). The interface names no
keys: those below are our reading, from the fields that tell one record from another. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

SERIAL = ("mdtrt_sn",)
NAMED = ("fixmedins_hilist_name",)
REPORT = ("mdtrt_sn", "appy_no", "rpotc_no")
GOODS = ("fixmedins_bchno", "fixmedins_hilist_id")


@dataclass(frozen=True, slots=True)
class Kind:
    """How records of a number are told apart. `node` holds the items of `key`; the first one found of `reference` is
    what people look for, of `label` what lists show.

    `many`: rows of `node` that one message carries; a record is then one row. `one_visit`: they are of one visit.
    `removes`: the number whose records it takes away, by their reference. `after`: records of that number with the same
    reference go first. `change`: the number that changes what the centre has.
    """

    number: str
    title: str
    group: str
    node: str
    key: tuple[str, ...]
    label: tuple[str, ...] = ()
    many: int = 1
    one_visit: bool = True
    removes: str = ""
    after: str = ""
    change: str = ""
    alone: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def is_row(self) -> bool:
        return self.many > 1

    @property
    def reference(self) -> str:
        """The item that lists show and search."""
        for name in ("mdtrt_sn", "fixmedins_bchno", "hosp_dept_codg", "fixmedins_hilist_id", "setl_id"):
            if name in self.key:
                return name
        return self.key[0]


LIST, SELF, CARE, REPORTS, STAY, STOCK, PLACE, MATCH = (
    "结算清单",
    "自费病人",
    "门急诊",
    "检查检验报告",
    "住院",
    "进销存",
    "科室",
    "目录对照",
)
_ALL = (
    Kind("4101A", "医疗保障基金结算清单（新）", LIST, "setlinfo", ("setl_id",), ("medcasno",)),
    Kind("4101", "医疗保障基金结算清单", LIST, "setlinfo", ("setl_id",), ("medcasno",)),
    Kind("4201", "自费病人费用明细", SELF, "feedetail", ("mdtrt_sn", "feedetl_sn"), ("medins_list_codg",), many=100),
    Kind("4301", "门急诊诊疗记录", CARE, "rgstinfo", SERIAL),
    Kind("4302", "急诊留观手术及抢救信息", CARE, "oprninfo", SERIAL, ("oprn_oprt_name",)),
    Kind("4401", "住院病案首页", STAY, "baseinfo", SERIAL, ("medcasno",)),
    Kind(
        "4402",
        "住院医嘱",
        STAY,
        "data",
        ("mdtrt_sn", "drord_no", "drord_isu_no", "drord_detl_code"),
        ("drord_detl_name", "drord_no"),
        many=100,
    ),
    Kind("4601", "输血信息", STAY, "data", ("mdtrt_sn", "bld_time", "bld_cnt", "bld_cat_code"), ("bld_time",)),
    Kind("4602", "护理生命体征测量", STAY, "data", ("mdtrt_sn", "rcd_time", "nurscare_obsv_item_name"), ("rcd_time",)),
    Kind("4701", "电子病历", STAY, "adminfo", SERIAL, ("dept_name",)),
    Kind("4501", "临床检查报告", REPORTS, "examinfo", REPORT, ("exam_rpotc_name", "rpotc_no")),
    Kind("4502", "临床检验报告", REPORTS, "labinfo", REPORT, ("rpotc_no",)),
    Kind("4503", "细菌培养报告", REPORTS, "data", (*REPORT, "germ_code"), ("germ_name",), many=100),
    Kind("4504", "药敏记录报告", REPORTS, "data", (*REPORT, "germ_code", "sstb_code"), ("germ_name",), many=100),
    Kind("4505", "病理检查报告", REPORTS, "data", ("mdtrt_sn", "palg_no"), ("palg_no",)),
    Kind("4506", "非结构化报告", REPORTS, "data", ("mdtrt_sn", "appy_no", "file_name"), ("file_name",)),
    Kind("3501", "商品盘存", STOCK, "invinfo", (*GOODS, "invdate"), NAMED),
    Kind("3502", "商品库存变更", STOCK, "invinfo", (*GOODS, "inv_chg_time", "inv_chg_type"), NAMED),
    Kind("3503", "商品采购", STOCK, "purcinfo", GOODS, NAMED),
    Kind(
        "3504",
        "商品采购退货",
        STOCK,
        "purcinfo",
        (*GOODS, "purc_retn_stoin_time"),
        NAMED,
        after="3503",
    ),
    Kind("3505", "商品销售", STOCK, "selinfo", (*GOODS, "rtal_docno"), NAMED),
    Kind("3506", "商品销售退货", STOCK, "selinfo", (*GOODS, "sel_retn_time"), NAMED, after="3505"),
    Kind(
        "3507", "删除进销存信息", STOCK, "data", ("fixmedins_bchno", "inv_data_type"), ("inv_data_type",), removes="*"
    ),
    Kind(
        "3401A",
        "科室信息",
        PLACE,
        "deptinfo",
        ("hosp_dept_codg",),
        ("hosp_dept_name",),
        many=50,
        one_visit=False,
        change="3402",
        alone="3401",
        aliases=("3401", "3402"),
    ),
    Kind("3403", "撤销科室", PLACE, "data", ("hosp_dept_codg",), ("hosp_dept_name",), removes="3401A"),
    Kind("3301", "目录对照", MATCH, "data", ("fixmedins_hilist_id", "list_type"), NAMED),
    Kind("3302", "撤销目录对照", MATCH, "", ("fixmedins_hilist_id", "list_type", "med_list_codg"), removes="3301"),
)
KINDS: Mapping[str, Kind] = MappingProxyType({one.number: one for one in _ALL})
ALIASES: Mapping[str, str] = MappingProxyType({alias: one.number for one in _ALL for alias in one.aliases})
#: Every transaction that carries records.
SENT_BY: tuple[str, ...] = (*KINDS, *ALIASES)
#: inv_data_type of 3507 → the number whose records it deletes; another value deletes all of the batch.
STOCK_TYPES: Mapping[str, str] = MappingProxyType(
    {"1": "3501", "2": "3502", "3": "3503", "4": "3504", "5": "3505", "6": "3506"}
)
#: Most records of one delivery.
MOST = 1000


def kind_of(number: str) -> Kind | None:
    """The queue that a number's records belong to: 3401 and 3402 are departments like 3401A."""
    return KINDS.get(ALIASES.get(number, number))


def removed_numbers(kind: Kind, key: str) -> tuple[str, ...]:
    """Whose records this removal takes away."""
    if kind.removes != "*":
        return (kind.removes,) if kind.removes else ()
    one = STOCK_TYPES.get(key.rpartition("/")[2])
    return (one,) if one else tuple(STOCK_TYPES.values())


def remover_of(number: str) -> str:
    """The number that takes a record of this one away, "" when none does."""
    if number in STOCK_TYPES.values():
        return "3507"
    return next((one.number for one in _ALL if one.removes == number), "")


def stock_type(number: str) -> str:
    return next((kind for kind, one in STOCK_TYPES.items() if one == number), "")
