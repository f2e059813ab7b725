"""What a party may ask of its centre when it is registered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal.gateway.national import NATIONAL
from portal.gateway.sandbox.models import Party
from portal.gateway.sandbox.national.editions import edition_of
from portal.gateway.sandbox.plays import declare_options, options_of

#: hosp_lv of an institution of level 1 to 3.
LEVELS = {1: "8", 2: "5", 3: "2"}


@dataclass(frozen=True, slots=True)
class Options:
    """`people`: how many insured; `level`: the institution's level 1 to 3; `reversible`: what 2601 takes back, else
    what the party's `edition` says; `catalogue_rows` and `catalogue_versions` of every catalogue; `strict_catalogue`:
    whether items outside it are refused instead of being the person's own.
    """

    seed: str
    people: int = 48
    level: int = 3
    reversible: frozenset[str] = frozenset()
    catalogue_rows: int = 240
    catalogue_versions: int = 3
    strict_catalogue: bool = False

    @classmethod
    def of(cls, party: Party) -> Options:
        """Raises ValueError naming an option that does not exist or does not fit."""
        given: dict[str, Any] = options_of(party, cls.__dataclass_fields__)
        named = given.get("reversible", edition_of(party).reversible)
        given["reversible"] = frozenset(str(one) for one in named)
        found = cls(**{"seed": party.app_code, **given})
        if found.level not in (1, 2, 3) or not 1 <= found.people <= 20_000:
            raise ValueError("level 应为 1 至 3，people 应在 1 与 20000 之间")
        if not 1 <= found.catalogue_rows <= 1_000_000 or not 1 <= found.catalogue_versions <= 99:
            raise ValueError("catalogue_rows 应在 1 与 1000000 之间，catalogue_versions 应在 1 与 99 之间")
        return found


declare_options(NATIONAL, Options.__dataclass_fields__)
