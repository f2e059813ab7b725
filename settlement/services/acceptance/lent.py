"""A test person that the sandbox of this machine lends; real centres name theirs on paper."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings

from portal.gateway.channels.hosts import leads_home
from portal.gateway.channels.models import Channel
from portal.gateway.national import NATIONAL
from portal.gateway.sandbox.control import Sandbox, SandboxFault
from settlement.services.refusals import Refused

#: Yuan that the person should have, so that something is paid from the account.
ENOUGH = "300"


def lender(environment: str) -> str:
    """The account at this machine's sandbox that the channel leads to; "" for any other. Inside the door."""
    if settings.PRODUCTION or not settings.SANDBOX_URL:
        return ""
    row = Channel.objects.filter(gateway=NATIONAL.name, environment=environment).first()
    if row is None or not leads_home(row.base_url, row.host_address):
        return ""
    return row.app_code if row.base_url.startswith(settings.SANDBOX_URL) else ""


def lent(app_code: str) -> dict[str, Any]:
    """Certificate, e-voucher code and item, as `begin_run` takes them; outside any transaction. Refused without."""
    sandbox = Sandbox(settings.SANDBOX_URL, os.environ.get("SANDBOX_TOKEN", ""))
    asked = {"party": app_code, "kind": "employee", "at_least": ENOUGH}
    try:
        people = sandbox.act("national", "people", **asked)["people"]
        people = [one for one in people if all(visit["state"] == "undone" for visit in one["visits"])]
        if not people:
            raise Refused("沙箱没有可用的测试人员", field="document")
        person = people[0]
        codes = sandbox.act("national", "vouchers", party=app_code, psn_no=person["psn_no"], count=1)["codes"]
        item = sandbox.act("national", "items", party=app_code, number="1301", limit=1)["items"][0]
    except SandboxFault as fault:
        raise Refused(str(fault)) from None
    document = str(person["certno"])
    return {
        "certificate": {
            "mdtrt_cert_type": "02",
            "mdtrt_cert_no": document,
            "psn_cert_type": str(person["psn_cert_type"]),
            "certno": document,
            "psn_name": str(person["psn_name"]),
        },
        "voucher": str(codes[0]),
        "item_code": str(item["med_list_codg"]),
    }
