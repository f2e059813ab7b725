"""Signing in and out for a shift (9001, 9002), played for every business of the national interface."""

from __future__ import annotations

import secrets
from typing import Any

from django.utils import timezone

from portal.gateway.national import NATIONAL, transaction
from portal.gateway.sandbox.models import OperatorShift, Party
from portal.gateway.sandbox.national.admission import LASTS, NOT_SIGNED
from portal.gateway.sandbox.plays import Call, Refuse, declare_options, plays, tells

SIGN_IN, SIGN_OUT = transaction("9001"), transaction("9002")
declare_options(NATIONAL, ("sign_in", "control"))


@plays(SIGN_IN)
def sign_in(asked: Any, call: Call) -> Any:
    """A number for this operator; an earlier one stays valid until it is given back."""
    operator, now = str(asked.signIn.opter_no), timezone.now()
    if operator != call.envelope.get("opter"):
        raise Refuse("1101", "操作员编号与经办人不一致")
    number = f"{timezone.localtime(now):%Y%m%d%H%M%S}{secrets.randbelow(10**10):010d}"
    OperatorShift.objects.create(party=call.party, operator=operator, sign_no=number)
    said = {"sign_time": f"{timezone.localtime(now):%Y-%m-%d %H:%M:%S}", "sign_no": number}
    return SIGN_IN.reply().model_validate({"signinoutb": said})


@plays(SIGN_OUT)
def sign_out(asked: Any, call: Call) -> Any:
    """Ends that number."""
    now = timezone.now()
    mine = OperatorShift.objects.filter(party=call.party, sign_no=asked.signOut.sign_no, ended_at=None)
    if not mine.filter(operator=asked.signOut.opter_no, at__gt=now - LASTS).update(ended_at=now):
        raise Refuse(*NOT_SIGNED)
    said = {"sign_time": f"{timezone.localtime(now):%Y-%m-%d %H:%M:%S}"}
    return SIGN_OUT.reply().model_validate({"sign_time": said})


@tells(NATIONAL)
def shifts(party: Party) -> dict[str, Any]:
    """Who is signed in, by operator."""
    live = OperatorShift.objects.filter(party=party, ended_at=None, at__gt=timezone.now() - LASTS)
    return {"operators": sorted(live.values_list("operator", flat=True).distinct())}
