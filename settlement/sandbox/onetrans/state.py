"""What `/truth/onetrans` tells of a party: accounts, trades, charges, authorizations, and messages as they came."""

from __future__ import annotations

from typing import Any

from portal.gateway.desk import ONETRANS
from portal.gateway.sandbox.models import Party, UsedNonce
from portal.gateway.sandbox.plays import tells
from settlement.sandbox.models import Charge, Permission, Purse, Reader, Trade
from settlement.sandbox.onetrans.options import Options

#: Most messages that are told of.
LAST = 500


@tells(ONETRANS)
def state(party: Party) -> dict[str, Any]:
    """`accounts` patient/type → balance; `trades` in order with what they are of; `charges`; `authorizations`;
    `messages`: message ids in the order in which they came; `changed_pins`. ValueError for unknown options.
    """
    Options.of(party)
    messages = UsedNonce.objects.filter(party=party).order_by("-pk").values_list("nonce", flat=True)[:LAST]
    reader = Reader.objects.filter(party=party).first()
    return {
        "accounts": {
            f"{one.patient}/{one.account_type}": str(one.balance)
            for one in Purse.objects.filter(party=party).order_by("pk")
        },
        "trades": [
            _trade(one) for one in Trade.objects.filter(party=party).select_related("purse", "original").order_by("pk")
        ],
        "charges": {
            one.order_no: {
                "mdtrt_id": one.mdtrt_id,
                "state": "cancelled" if one.is_cancelled else "live",
                "total": str(one.total),
                "fund": str(one.fund),
                "account": str(one.account),
                "cash": str(one.cash),
            }
            for one in Charge.objects.filter(party=party).order_by("pk")
        },
        "authorizations": {one.number: one.status for one in Permission.objects.filter(party=party).order_by("pk")},
        "messages": list(reversed(messages)),
        "changed_pins": reader.changed_pins if reader else 0,
    }


def _trade(one: Trade) -> dict[str, Any]:
    return {
        "kind": str(one.kind),
        "number": one.number,
        "trace_no": one.trace_no,
        "of": one.original.number if one.original is not None else "",
        "patient": one.purse.patient,
        "amount": str(one.amount),
        "result": one.result,
    }
