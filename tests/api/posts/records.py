"""POSTs of collected records and of queries."""

import json
from typing import Any

from portal.gateway.national.keeping import bring_edition, use_edition
from portal.gateway.national.models import NationalEdition
from settlement.models import AcceptanceRun, UploadRecord
from settlement.models.upload import Source
from settlement.services.acceptance.beginning import USUAL
from settlement.services.uploads.arrival import take_records
from tests.api.posts.visits import DOCUMENT, identified
from tests.api.retrying import Call, World, post
from tests.settlement.upload_desk import Content, department, order


def taken(world: World, number: str, content: Content) -> UploadRecord:
    (given,) = take_records(number, [content], by=world.alice, source=Source.API)
    assert given.row is not None
    return given.row


@post("settlement/records/{number}")
def deliver(world: World) -> Call:
    records = [order("ZY1", "1"), order("ZY1", "2")]
    return {"records": json.loads(json.dumps(records, default=str))}, "4402"


@post("settlement/records/{number}/runs")
def run(world: World) -> Call:
    taken(world, "4402", order("ZY2", "1"))
    return {}, "4402"


@post("settlement/records/{record_id}/cancellations")
def take_back(world: World) -> Call:
    row = taken(world, "3401A", department("A01"))
    UploadRecord.objects.filter(pk=row.pk).update(state="sent", is_at_centre=True)
    return {}, row.pk


@post("settlement/queries")
def ask(world: World) -> Call:
    person = identified(world)
    assert person.person_no is not None
    content = {"data": {"psn_no": person.person_no.reveal(), "mdtrt_id": "M1"}}
    return ({"number": "5203", "content": content, "insured_at": "140200"},)


#: What an administrator adds for a number that the public tables only name.
OWN: dict[str, Any] = {
    "kind": "national-edition",
    "province": "样例省",
    "version": "2026.1",
    "transactions": {
        "S3701": {
            "input": {"data": {"set": [["rx_no", "处方号", "text", "30", True]]}},
            "output": {"result": {"set": [["rx_sn", "处方流水号", "text", "30", False]]}},
        }
    },
}


@post("settlement/transactions/{number}")
def by_number(world: World) -> Call:
    if not NationalEdition.objects.filter(is_current=True).exists():
        use_edition(bring_edition(OWN, by=world.dora), by=world.dora)
    number = f"CF{world.number('prescription')}"
    return {"about": number, "content": {"data": {"rx_no": number}}}, "S3701"


@post("settlement/acceptance-runs", who="dora")
def accept(world: World) -> Call:
    AcceptanceRun.objects.filter(state="running").update(state="done")
    return ({"numbers": ["1101"], "document": DOCUMENT, "item_code": "X1", **USUAL},)
