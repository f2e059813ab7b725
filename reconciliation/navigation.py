"""Reconciliation in the left navigation."""

from portal.web.navigation import NavItem

NavItem("对账", "对账总览", "reconciliation:overview", "reconciliation.runs.view", 10)
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
NavItem(
    "对账",
    "结算账",
    "reconciliation:entry-list",
    "reconciliation.entries.view",
    50,
    also=(
        *("reconciliation:entry-detail", "reconciliation:entry-import", "reconciliation:arrival-list"),
        "reconciliation:entry-arrival",
    ),
)
NavItem(
    "对账",
    "差异",
    "reconciliation:difference-list",
    "reconciliation.runs.view",
    30,
    also=(
        *("reconciliation:difference-detail", "reconciliation:difference-decide", "reconciliation:difference-assign"),
        *("reconciliation:difference-decide-one", "reconciliation:difference-comment"),
        *("reconciliation:sheet-upload", "reconciliation:sheet-preview"),
    ),
)
