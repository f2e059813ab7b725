"""Work injury in the left navigation, in the order of a stay."""

from portal.web.navigation import NavItem

NavItem(
    "工伤",
    "材料",
    "injury:material-list",
    "injury.admissions.view",
    60,
    also=("injury:materials", "injury:material-add"),
)
