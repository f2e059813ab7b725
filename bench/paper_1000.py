"""A disbursement table of 1,000 rows."""

from bench.paper import case

CASE = case("paper_1000", 1_000)
