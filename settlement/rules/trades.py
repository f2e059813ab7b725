"""How a trade stands, by the state that OneTrans gives it: the third judgement, after value and code."""

from __future__ import annotations

from typing import Literal

Standing = Literal["done", "failed", "waiting", "absent", "unknown"]

_STANDINGS: dict[str, Standing] = {
    "succ": "done",
    "fail": "failed",
    "closed": "failed",
    "init": "waiting",
    "ing": "waiting",
    "exp": "unknown",
    "notfound": "absent",
}


def standing(result: str) -> Standing:
    """`done` and `failed` are final; `waiting` may become either, so ask again; `absent` is a proof only when it is
    told twice, a quiet period apart; `unknown` (an exception over there, no state, one that is not documented) proves
    nothing.
    """
    return _STANDINGS.get(result, "unknown")
