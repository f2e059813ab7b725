"""POSTs of collected records and of queries."""

import json

from settlement.models import UploadRecord
from settlement.models.upload import Source
from settlement.services.uploads.arrival import take_records
from tests.api.posts.visits import identified
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
