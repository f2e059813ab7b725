"""The clearing year that this dashboard shows, read once for all its parts."""

from dataclasses import dataclass

from clearing.services.year import Year, known_years
from portal.access.member import PortalRequest


@dataclass(frozen=True)
class Desk:
    """`years` are those with data, newest first; `year` is the chosen one, None while there is nothing at all."""

    years: list[int]
    year: Year | None

    @property
    def chosen(self) -> int | None:
        return self.year.year if self.year else None


def desk_of(request: PortalRequest) -> Desk:
    """The year named by ?year=, else the newest; a year without data is not shown."""
    if "clearing_desk" not in request.__dict__:
        request.__dict__["clearing_desk"] = _read(request)
    desk: Desk = request.__dict__["clearing_desk"]
    return desk


def _read(request: PortalRequest) -> Desk:
    assert request.member.institution
    environment = str(request.member.institution.environment)
    years = known_years(environment)
    asked = request.GET.get("year", "")
    chosen = next((year for year in years if str(year) == asked), years[0] if years else None)
    return Desk(years, Year(environment, chosen) if chosen else None)
