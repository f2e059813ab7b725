"""A disbursement table of 5,000 rows: parts of it on both cores, against WeasyPrint on the whole document.

Both print the same pages from the same template. Memory is that of the largest process, the printing ones included.
"""

from __future__ import annotations

import random
from decimal import Decimal
from functools import cache, partial
from typing import Any

from bench.case import Case

TEMPLATE = "papers/clearing/disbursement.html"
NAMES = (
    "第一人民医院",
    "中心卫生院",
    "村卫生室",
    "大药房连锁有限公司第一百二十分店",
    "中医院",
    "妇幼保健计划生育服务中心",
)
AMOUNTS = ("medical_fee", "fund_due", "monthly_paid", "deposit", "deduction", "deposit_refund", "disburse")


@cache
def table(count: int) -> Any:
    """A table of `count` rows in the 13 regions; the same in every process."""
    from clearing.models import ClearingRow
    from clearing.papers.gathering import of_rows
    from portal.access.member import Member
    from portal.access.models import Institution
    from portal.codes import code_list

    rnd = random.Random(count)
    institution = Institution(name="样例医院", code="H14020000001")
    regions = [code for code, _ in code_list("clearing.insu_admdvs").choices()]
    rows = [
        ClearingRow(
            institution=institution,
            environment="production",
            year=2025,
            insurance="001",
            provider_code=f"H1402{number:07d}",
            provider_name=f"样例{rnd.choice('东西南北')}城{number % 97}号{rnd.choice(NAMES)}",
            region=rnd.choice(regions),
            visit_type=rnd.choice(["001", "002", "003", "005"]),
            clearing_type=rnd.choice(["11", "14", "21"]),
            visit_count=rnd.randrange(9999),
            score=Decimal("95.50"),
            finding_count=int(rnd.random() < 0.02),
            **{name: Decimal(rnd.randrange(10**9)) / 100 for name in AMOUNTS},
        )
        for number in range(count)
    ]
    by = Member(None, institution, frozenset(), key="测量")
    return of_rows("disbursement", rows, by=by)


def context(count: int) -> dict[str, Any]:
    from clearing.papers.writing import context_of

    return context_of(table(count))


@cache
def pages(count: int) -> list[Any]:
    from clearing.papers.layout import planned

    return planned(table(count))


def prepare(count: int) -> None:
    """The rows, and the printing library loaded, as in a process that has printed before."""
    import django

    django.setup()
    table(count)
    import portal.papers.printing  # noqa: F401


def ours(count: int) -> None:
    from portal.papers.pdf import render_pages

    check(render_pages(TEMPLATE, context(count), pages(count)), count)


def whole(count: int) -> None:
    from portal.papers.pages import Part
    from portal.papers.pdf import render_pdf

    whole = pages(count)
    check(render_pdf(TEMPLATE, {**context(count), "part": Part(whole, 1, len(whole), True, True)}), count)


def check(pdf: bytes, count: int) -> None:
    from io import BytesIO

    from pypdf import PdfReader

    found, planned = len(PdfReader(BytesIO(pdf)).pages), len(pages(count))
    if found != planned:
        raise AssertionError(f"{found} pages instead of {planned}")


def case(name: str, count: int) -> Case:
    return Case(
        name=name,
        work=f"disbursement table, {count:,} rows",
        against="WeasyPrint on the whole document",
        ours=partial(ours, count),
        reference=partial(whole, count),
        prepare=partial(prepare, count),
        ratio=0.7,
        peak_mb=400,
    )


CASE = case("paper", 5_000)
