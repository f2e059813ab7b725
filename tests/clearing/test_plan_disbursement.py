"""The pages of the disbursement table are as high as it plans them; needs no database."""

from dataclasses import replace
from decimal import Decimal
from io import BytesIO

from pypdf import PdfReader

from bench.paper import TEMPLATE, context, table
from clearing.papers.layout import planned
from portal.papers.pdf import render_pages

ROWS = 150


def texts(pages, **more):
    pdf = render_pages(TEMPLATE, {**context(ROWS), **more}, pages)
    return ["".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def test_every_page_holds_what_was_planned_for_it():
    pages = planned(table(ROWS))
    printed = texts(pages)
    assert len(printed) == len(pages)
    for plan, text in zip(pages, printed, strict=True):
        codes = {row.content.row.provider_code for row in plan if row.kind == "line"}
        assert all(code in text for code in codes)
        assert ("（续）" in text) == (plan[0].kind == "continued")
        assert ("经办人" in text) == (plan is pages[-1])


def test_pages_are_full():
    """At most the height of a subtotal and two rows stays empty, but before the end."""
    for plan in planned(table(ROWS))[1:-2]:
        assert sum(row.height for row in plan) > 170 - 25


def test_large_amounts_are_printed_smaller():
    paper = table(ROWS)
    line = paper.groups[0].lines[0]
    assert not line.is_wide
    line.row.disburse, before = Decimal("-123456789012.34"), line.row.disburse
    try:
        assert replace(line).is_wide
    finally:
        line.row.disburse = before
    assert paper.totals.is_wide == any(abs(amount) >= 10**9 for amount in paper.totals.amounts.values())
