"""The file of our side for 3202: one line a settlement, in the order of the edition's table, packed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.db.models import Count

from portal.gateway.national.editions import Edition
from portal.gateway.national.tables import FILE
from portal.ledger.facts import Span, Standing
from portal.ledger.models import Entry
from portal.ledger.reading import entries_between

NULL = "null"
#: Most lines of one file: about 2 MB packed, a third of what 9101 takes.
MOST = 60_000
#: Most bytes of one file: each takes up to five characters of 9101's 30,000,000.
LARGEST = 5_900_000
PIECE = 2_000

#: What stands in each column.
COLUMNS: Mapping[str, Callable[[Entry], str]] = {
    "setl_id": lambda one: one.setl_id,
    "mdtrt_id": lambda one: one.mdtrt_id,
    "psn_no": lambda one: str(one.person_no.reveal()) if one.person_no else "",
    "msgid": lambda one: one.msgid,
    "medfee_sumamt": lambda one: yuan(one.total),
    "fund_pay_sumamt": lambda one: yuan(one.fund),
    "acct_pay": lambda one: yuan(one.account),
    "cash_payamt": lambda one: yuan(one.cash),
    "refd_setl_flag": lambda one: "1" if one.is_refund else "0",
}


def yuan(amount: Decimal) -> str:
    return f"{amount:.2f}"


def columns_of(edition: Edition, side: str) -> list[str]:
    """The file's columns as the edition prints them, for `input` or `output` of 3202."""
    nodes = edition.table("3202").nodes(side)
    return [column.wire for node in nodes if node.name == FILE for column in node.columns]


def rows_of(span: Span, family: str, clr_type: str, clr_optins: str) -> Any:
    """Our settled entries of all insurances; the doubtful ones are not told: they are no settlements yet."""
    rows = entries_between(span, family=family, clr_type=clr_type, clr_optins=clr_optins)
    return rows.filter(standing=Standing.SETTLED)


def by_day(span: Span, family: str, clr_type: str, clr_optins: str) -> dict[date, int]:
    """How many entries each day has."""
    rows = rows_of(span, family, clr_type, clr_optins).order_by().values_list("day").annotate(Count("pk"))
    return dict(rows)


def line_of(entry: Entry, columns: Iterable[str]) -> str:
    """One line: Tab between the columns, `null` for what is absent or what we do not know."""
    told = (COLUMNS[name](entry) if name in COLUMNS else "" for name in columns)
    return "\t".join(" ".join(one.split()) or NULL for one in told) + "\n"


def write_file(rows: Any, columns: list[str], target: Path, *, beat: Callable[[], None] = lambda: None) -> int:
    """Write the packed file at `target`; how many lines it has. Inside the door."""
    count = 0
    with ZipFile(target, "w", ZIP_DEFLATED) as archive, archive.open(f"{target.stem}.txt", "w") as file:
        for entry in rows.order_by("day", "pk").iterator(chunk_size=PIECE):
            file.write(line_of(entry, columns).encode())
            count += 1
            if count % (PIECE * 5) == 0:
                beat()
    return count
