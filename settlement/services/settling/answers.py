"""What the centre says about a settlement, read at once into plain values: 2101A to 2305 and 5203 look alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from portal.gateway.messages import Record
from settlement.rules.amounts import ZERO, Figures

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Share:
    """One row of setldetail."""

    fund_type: str
    name: str
    amount: Decimal
    in_scope: Decimal | None
    limit: Decimal | None
    info: str


@dataclass(frozen=True)
class Cut:
    """What the centre made of one line (detlcutinfo)."""

    number: str
    grade: str
    price_limit: Decimal | None
    selfpay_share: Decimal | None
    fully_own: Decimal | None
    over_limit: Decimal | None
    prepaid_own: Decimal | None
    in_scope: Decimal | None
    remark: str


@dataclass(frozen=True)
class Answer:
    """A settlement as the centre tells it; amounts in yuan, times in Asia/Shanghai."""

    setl_id: str
    mdtrt_id: str
    #: medins_setl_id: the message that won.
    msgid: str
    settled_at: datetime | None
    clr_type: str
    clr_way: str
    clr_optins: str
    figures: Figures
    shares: tuple[Share, ...]
    cuts: tuple[Cut, ...]
    #: refd_setl_flag: it was taken back.
    refunded: bool
    raw: dict[str, Any] = field(repr=False)

    @property
    def names_hospital(self) -> bool:
        """False for an answer of 5203, which tells psn_pay and has no place for the hospital's share."""
        return self.figures.hospital is not None or "psn_pay" not in self.raw["setlinfo"]


def plain(reply: Record | None) -> dict[str, Any]:
    """A reply under its wire names; decimals stay Decimal."""
    return {} if reply is None else reply.model_dump(by_alias=True, exclude_none=True)


def answers(reply: Record | None) -> list[Answer]:
    """Every settlement in a reply: one under setlinfo, or a list of them (5203 of a visit with several)."""
    content = plain(reply)
    found = content.get("setlinfo")
    rows = found if isinstance(found, list) else [found]
    named = [row for row in rows if isinstance(row, Mapping) and any(row.values())]
    shares = rows_of(content.get("setldetail"))
    return [_answer(row, shares if len(named) == 1 else [], rows_of(content.get("detlcutinfo"))) for row in named]


def answer(reply: Record | None) -> Answer | None:
    """The one settlement of a reply; None when it names none."""
    found = answers(reply)
    return found[0] if found else None


def rows_of(value: Any) -> list[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        return [value]
    return [row for row in value or [] if isinstance(row, Mapping)]


def _answer(row: Mapping[str, Any], shares: Iterable[Mapping[str, Any]], cuts: Iterable[Mapping[str, Any]]) -> Answer:
    return Answer(
        setl_id=text(row, "setl_id"),
        mdtrt_id=text(row, "mdtrt_id"),
        msgid=text(row, "medins_setl_id"),
        settled_at=moment(row.get("setl_time")),
        clr_type=text(row, "clr_type"),
        clr_way=text(row, "clr_way"),
        clr_optins=text(row, "clr_optins"),
        figures=Figures.read(row),
        shares=tuple(
            Share(
                text(one, "fund_pay_type"),
                text(one, "fund_pay_type_name"),
                amount(one, "fund_payamt") or ZERO,
                amount(one, "inscp_scp_amt"),
                amount(one, "crt_payb_lmt_amt"),
                text(one, "setl_proc_info"),
            )
            for one in shares
        ),
        cuts=tuple(_cut(one) for one in cuts),
        refunded=text(row, "refd_setl_flag") == "1",
        raw={"setlinfo": dict(row), "setldetail": [dict(one) for one in shares]},
    )


def cuts_of(value: Any) -> tuple[Cut, ...]:
    """What the centre made of each line: detlcutinfo, and the result of 2204 and 2301."""
    return tuple(_cut(row) for row in rows_of(value))


def _cut(row: Mapping[str, Any]) -> Cut:
    return Cut(
        number=text(row, "feedetl_sn"),
        grade=text(row, "chrgitm_lv"),
        price_limit=amount(row, "pric_uplmt_amt"),
        selfpay_share=amount(row, "selfpay_prop"),
        fully_own=amount(row, "fulamt_ownpay_amt"),
        over_limit=amount(row, "overlmt_amt"),
        prepaid_own=amount(row, "preselfpay_amt"),
        in_scope=amount(row, "inscp_scp_amt"),
        remark=text(row, "memo"),
    )


def text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value).strip()


def amount(row: Mapping[str, Any], name: str) -> Decimal | None:
    value = row.get(name)
    if value in (None, ""):
        return None
    return value if isinstance(value, Decimal) else Decimal(str(value))


def moment(value: Any) -> datetime | None:
    """A time as the interface writes it (yyyy-MM-dd HH:mm:ss), or None; a settlement is not lost over its time."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=SHANGHAI)
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"):
        try:
            return datetime.strptime(str(value or "")[:19], form).replace(tzinfo=SHANGHAI)
        except ValueError:
            continue
    return None
