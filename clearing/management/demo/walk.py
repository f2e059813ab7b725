"""What every chapter needs: the year and insurance, and the clearing centre's truth about them."""

from dataclasses import dataclass
from typing import Any

from clearing.models import Scope
from portal import demo
from portal.demo import Failed, Line, figures

__all__ = ["AGENCIES", "REASON", "Failed", "Line", "Walk", "figures"]

AGENCIES = ("001", "002", "003")
REASON = "已与医保中心核实，按中心数据办理（演示）"


@dataclass(kw_only=True)
class Walk(demo.Walk):
    """One institution's people, its year and insurance."""

    app_code: str
    scope: Scope

    @property
    def about(self) -> str:
        return str(self.scope)

    @property
    def by_agency(self) -> list[Scope]:
        wide = self.scope
        return [Scope(wide.environment, wide.year, wide.insurance, agency) for agency in AGENCIES]

    def centre(self) -> dict[str, Any]:
        """The clearing centre's state of this institution."""
        return self.state_of("clearing", self.app_code)

    def scopes(self) -> dict[str, dict[str, Any]]:
        """By agency: the centre's counts and sums of the year and insurance."""
        wanted = (str(self.scope.year), self.scope.insurance)
        return {one["qsjg00"]: one for one in self.centre()["scopes"] if (one["year"], one["aka080"]) == wanted}
