"""The clearing list as a clerk sees it, in a large city and in a small one: 95 of 100 pages come at least this fast."""

from __future__ import annotations

import re
import time
from html import unescape
from statistics import quantiles

from bench.case import Case, Seconds

LIST = "/clearing/rows/"
#: First page, sorted by an amount, filtered, searched; the page after the first is asked for besides.
QUERIES = ("", "?sort=-disburse", "?year=2025&state=verified", "?q=17%E5%8F%B7")
NEXT = re.compile(r'href="(\?[^"]*after=[^"]+)"')


def walk(institutions: int) -> Seconds:
    """95th percentile of the pages that 50 people look at, one after the other."""
    from bench.city import browsers, build

    build(institutions)
    times, people = [], browsers()
    for warm in (False, True):
        for browser in people:
            addresses = list(QUERIES)
            for address in addresses:
                started = time.perf_counter()
                answer = browser.get(LIST + address)
                if warm:
                    times.append(time.perf_counter() - started)
                text = answer.content.decode()
                if answer.status_code != 200 or "号卫生院" not in text:
                    raise AssertionError(f"{LIST}{address}: {answer.status_code}")
                following = NEXT.search(text)
                if not address and following:
                    addresses.append(unescape(following[1]))
    return Seconds(quantiles(times, n=20)[-1])


def ours() -> Seconds:
    return walk(5_000)


def reference() -> Seconds:
    return walk(50)


CASE = Case(
    name="page",
    work="p95 of the clearing list: 1,000,000 rows, 5,000 institutions, 50 users",
    against="the same page on 10,000 rows",
    ours=ours,
    reference=reference,
    ratio=1.3,
)
