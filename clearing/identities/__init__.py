"""What a clearing row, and the rows of one application together, must satisfy: pure rules, nothing is written here."""

from clearing.identities.row import (
    FACTORS,
    LABELS,
    RULES,
    Difference,
    Factor,
    Given,
    Row,
    Rule,
    broken_identities,
    factor_of,
    load_factors,
)

__all__ = [
    "FACTORS",
    "LABELS",
    "RULES",
    "Difference",
    "Factor",
    "Given",
    "Row",
    "Rule",
    "broken_identities",
    "factor_of",
    "load_factors",
]
