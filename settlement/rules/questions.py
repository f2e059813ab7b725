"""Which transactions the query page offers, in which order, and what a form leaves out of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: Title of a group → its transactions (Sichuan guide, chapter 2: 1-基础信息, 5-信息查询; 3-目录 without a file).
GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "就诊和结算": ("5201", "5202", "5203", "5204", "5205", "5206"),
        "备案和在院": ("5301", "5302", "5303", "5304"),
        "检查检验互认": ("5401", "5402"),
        "机构和人员": ("1201", "5101", "5102"),
        "目录对应和限价": ("1316", "1317", "1318", "1319"),
    }
)
NUMBERS = tuple(number for numbers in GROUPS.values() for number in numbers)
#: What 5101's table prints as its input is the envelope; the wire writes it, nobody types it.
ENVELOPE_ONLY = frozenset({"5101"})
#: Pages are turned by the job.
PAGING = frozenset({"page_num", "page_size"})
PAGE_ROWS, MOST_PAGES = 100, 30
#: What one form is enough for at a desk, in place of what the table's words would say.
HINTS: Mapping[str, str] = MappingProxyType(
    {
        "updt_time": "只查这一天以后更新的",
        "query_date": "查这一天有效的，不填为全部",
        "cum_ym": "年月六位，如 202601，不填为全部",
        "biz_appy_type": "如 03 门诊慢特病定点",
        "setl_id": "不填则查该次就诊的全部结算",
        "mdtrt_id": "中心返回的就诊ID，不是院内的门诊号、住院号",
        "fixmedins_code": "12 位编号",
    }
)


def is_secret_kind(wire: str) -> str:
    """How a secret value is masked: "name", "identity" or "" for all of it."""
    wire = wire.lower()
    if wire in ("name",) or wire.endswith("_name"):
        return "name"
    if wire in ("certno", "psn_no", "psn_cert_no", "card_sn", "tel", "mob") or wire.endswith(("certno", "_tel", "_no")):
        return "identity"
    return ""
