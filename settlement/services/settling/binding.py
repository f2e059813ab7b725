"""What exactly a preview was asked for, as a digest: settling refuses when anything of it is another one by now."""

import json
from typing import Any

from portal.gateway.crypto import sm3
from settlement.models import Bill, Settlement, Visit
from settlement.services.settling.ways import Way

#: Everything of a line that the centre's calculation depends on.
BOUND = (
    *("number", "item_code", "own_code", "quantity", "price", "amount", "occurred_at", "prescription"),
    *("outside_prescription", "tcm_use", "take_home", "initial_number", "trace_codes", "more"),
)


def content_hash(way: Way, visit: Visit, bill: Bill | None, *, is_interim: bool = False) -> str:
    """SM3 over the person, the way of paying, the disease and every line, in lower hex."""
    head: dict[str, Any] = {
        "visit": str(visit.pk),
        "person": visit.person_no.reveal(),
        "insurance": visit.insurance,
        "insured_at": visit.insured_at,
        "med_type": visit.med_type,
        "disease": bill.disease_code if bill else visit.disease_code,
        "account": visit.use_account,
        "settle_by": visit.settle_by,
        "bill": bill.number if bill else "",
        "mdtrt_id": visit.mdtrt_id,
        "interim": is_interim,
    }
    lines = list(way.lines(visit, bill).values_list(*BOUND))
    return sm3(json.dumps([head, lines], default=str, ensure_ascii=False).encode()).hex()


def hash_now(way: Way, settlement: Settlement) -> str:
    return content_hash(way, settlement.visit, settlement.bill, is_interim=settlement.is_interim)
