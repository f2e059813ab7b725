"""What nobody plays is answered all the same: with the sample that its reply's declaration makes."""

from __future__ import annotations

from typing import Any

from portal.gateway.messages import Record, sample
from portal.gateway.national import NATIONAL
from portal.gateway.sandbox.plays import Call, plays_the_rest


@plays_the_rest(NATIONAL)
def answered(request: Any, call: Call) -> Record:
    """A legal sample of the reply, and a line in the ledger where the transaction changes something."""
    kind = type(request)
    if not kind.safe:
        call.effect(f"{kind.code}/{call.nonce}", detail={"generic": True})
    made: Record = sample(kind.reply())
    return made
