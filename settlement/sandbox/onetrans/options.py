"""What a party may ask of its desk's library when it is registered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal.gateway.desk import ONETRANS
from portal.gateway.sandbox.models import Party
from portal.gateway.sandbox.plays import declare_options, options_of

#: What `duplicates`, `cashier` and `refund` may be; the first is the default.
DUPLICATES = ("deduplicate", "accept")
CASHIER = ("pays", "waits", "cancels")
REFUND = ("at_once", "waits", "fails_once")


@dataclass(frozen=True, slots=True)
class Options:
    """`seed` and `people`: the insured whose cards there are, or those of the national party `insured_of`.

    `duplicates`: whether a number that comes again gives the first answer, or is carried out again. `cashier`: whether
    the patient pays at once, leaves the window open (`/onetrans/pay` ends that) or cancels. `refund`: at once, under
    way, or failing at its first coming. `ing_queries`: after so many questions what is under way succeeds.
    `over_refund`: whether refunds beyond what was paid are let through. `authorizes_after`: after so many questions the
    patient has scanned (0: never by itself).
    """

    seed: str
    people: int = 12
    insured_of: str = ""
    duplicates: str = DUPLICATES[0]
    cashier: str = CASHIER[0]
    refund: str = REFUND[0]
    ing_queries: int = 0
    over_refund: bool = False
    authorizes_after: int = 2

    @classmethod
    def of(cls, party: Party) -> Options:
        """Raises ValueError naming an option that does not exist or does not fit."""
        given: dict[str, Any] = options_of(party, cls.__dataclass_fields__)
        found = cls(**{"seed": party.app_code, **given})
        for name, legal in (("duplicates", DUPLICATES), ("cashier", CASHIER), ("refund", REFUND)):
            if getattr(found, name) not in legal:
                raise ValueError(f"{name} 应为 {'、'.join(legal)} 之一")
        if not 1 <= found.people <= 20_000:
            raise ValueError("people 应在 1 与 20000 之间")
        return found


declare_options(ONETRANS, Options.__dataclass_fields__)
