"""What the insurer's own books prove about a charge of the cashier's window: 5203 of its visit, where a channel is.

The library has no query for a charge. The centre names the message in medins_setl_id ("存放发送方报文ID"), so the
national interface can tell, if the institution has it and the visit's number is known; otherwise people decide.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.gateway.journal import Ask, Operation
from portal.gateway.national import current_edition
from portal.gateway.national.editions import Edition
from settlement.models import CashierCharge, Visit
from settlement.services.settling.answers import Answer, answers
from settlement.services.settling.looking import asked
from settlement.services.settling.messages import request_for


@dataclass(frozen=True)
class Centre:
    """Read inside the door, used outside."""

    mdtrt_id: str
    person_no: str
    insured_at: str
    environment: str
    msgids: frozenset[str]
    edition: Edition

    @classmethod
    def of(cls, row: CashierCharge, operation: Operation) -> Centre:
        return cls(
            mdtrt_id=row.mdtrt_id,
            person_no=row.person_no.reveal() if row.person_no else "",
            insured_at=row.insured_at,
            environment=row.environment,
            msgids=frozenset(operation.attempt_rows.values_list("msgid", flat=True)),
            edition=current_edition(row.environment),
        )


def settlements_at(centre: Centre, ask: Ask) -> list[Answer]:
    """Every settlement of the visit that stands at the centre; errors of `ask` pass through."""
    visit = Visit(environment=centre.environment, insured_at=centre.insured_at)
    data = {"psn_no": centre.person_no, "setl_id": "", "mdtrt_id": centre.mdtrt_id}
    reply = asked(ask, request_for("5203", {"data": data}, visit, centre.edition))
    return [one for one in answers(reply) if one.setl_id and not one.refunded]
