"""The rules of comparing: pure functions, from two books to what does not agree."""

from reconciliation.rules.explaining import EDGE, RULES, Rule, compare, explain
from reconciliation.rules.groups import Found, Group, grouped
from reconciliation.rules.lines import (
    AMOUNTS,
    DOUBTFUL,
    OTHER_DAY,
    OTHER_SCOPE,
    PENDING,
    SETTLED,
    FieldGap,
    Gap,
    Line,
    gap_between,
    sum_of,
)

__all__ = [
    "AMOUNTS",
    "DOUBTFUL",
    "EDGE",
    "OTHER_DAY",
    "OTHER_SCOPE",
    "PENDING",
    "RULES",
    "SETTLED",
    "FieldGap",
    "Found",
    "Gap",
    "Group",
    "Line",
    "Rule",
    "compare",
    "explain",
    "gap_between",
    "grouped",
    "sum_of",
]
