"""What a clearing row, and the rows of one application together, must satisfy: pure rules, nothing is written here."""

from clearing.identities.checks import RULES as CHECKS
from clearing.identities.checks import issues
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
from clearing.identities.scene import (
    SEVERITIES,
    THRESHOLDS,
    Broken,
    Case,
    Issue,
    Line,
    Provider,
    Scene,
    Thresholds,
    load_thresholds,
)

__all__ = [
    "CHECKS",
    "FACTORS",
    "LABELS",
    "RULES",
    "SEVERITIES",
    "THRESHOLDS",
    "Broken",
    "Case",
    "Difference",
    "Factor",
    "Given",
    "Issue",
    "Line",
    "Provider",
    "Row",
    "Rule",
    "Scene",
    "Thresholds",
    "broken_identities",
    "factor_of",
    "issues",
    "load_factors",
    "load_thresholds",
]
