"""Reconciliation in the left navigation."""

from portal.web.navigation import NavItem

NavItem(
    "对账",
    "对账",
    "reconciliation:run-list",
    "reconciliation.runs.view",
    20,
    also=("reconciliation:run-new", "reconciliation:run-detail", "reconciliation:run-schedule"),
)
NavItem(
    "对账", "月末", "reconciliation:month-list", "reconciliation.runs.view", 60, also=("reconciliation:month-detail",)
)
