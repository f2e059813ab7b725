"""Operators of the national interface: signing in and out for a shift (9001, 9002), and what their answers mean."""

from __future__ import annotations

import hashlib
import json
import socket
import uuid
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from portal.gateway import national
from portal.gateway.codecs import Garbled, JsonCodec
from portal.gateway.messages import Request
from portal.gateway.seals.national import NationalSwitches
from portal.gateway.wire.kinds import Operator, Shift, Signing

SIGN_IN, SIGN_OUT = "9001", "9002"
#: What an answer gets as its code when its text says that the sign-in is not valid; listed in refusals.json.
NOT_SIGNED = "-1.9001"
SIGNING = Signing(SIGN_IN, SIGN_OUT, frozenset({NOT_SIGNED}), timedelta(hours=24))
#: Most characters of opter_no (9001) and of opter_name (table 2).
CODE, NAME = 20, 50
TEXTS = Path(national.__file__).parent / "signing" / "signing.json"


def operator_code(user_name: str) -> str:
    """The user's name as an operator's number; a name that is too long is told apart by a digest."""
    if len(user_name) <= CODE:
        return user_name
    return f"{user_name[: CODE - 7]}-{hashlib.sha256(user_name.encode()).hexdigest()[:6]}"


def operator_of(switches: NationalSwitches, user_name: str, name: str) -> Operator:
    """The operator that stands for a user; for work that nobody in particular asked for, the channel's own."""
    if not user_name:
        return Operator(switches.opter, switches.opter_name, switches.opter_type)
    return Operator(operator_code(user_name), (name or user_name)[:NAME], switches.opter_type)


def shift_of(switches: NationalSwitches) -> Shift:
    return Shift(switches.sign_hours, switches.shift_ends(), timedelta(minutes=switches.sign_idle))


def sign_on(switches: NationalSwitches, operator: Operator, base_url: str) -> Request[Any]:
    """9001 with this machine's addresses, unless the channel names others."""
    content = {
        "opter_no": operator.code,
        "mac": switches.sign_mac or own_mac(),
        "ip": switches.sign_ip or own_address(base_url),
    }
    return national.transaction(SIGN_IN).model_validate({"signIn": content})


def sign_off(operator: Operator, sign_no: str) -> Request[Any]:
    """9002 for this number."""
    return national.transaction(SIGN_OUT).model_validate({"signOut": {"sign_no": sign_no, "opter_no": operator.code}})


def number_in(reply: bytes) -> str:
    """The `sign_no` in an output, in its node or beside it."""
    try:
        members = JsonCodec().unpack(reply)
    except Garbled:
        return ""
    for found in (members, *(one for one in members.values() if isinstance(one, Mapping))):
        number = found.get("sign_no")
        if isinstance(number, str | int) and not isinstance(number, bool) and 0 < len(str(number).strip()) <= 30:
            return str(number).strip()
    return ""


def says_not_signed(switches: NationalSwitches, message: str) -> bool:
    """Whether this err_msg means that the number of the sign-in is not valid (any more)."""
    own = [one.strip() for one in switches.not_signed.split("|")]
    return any(text and text in message for text in (*_texts(), *own))


@cache
def _texts() -> tuple[str, ...]:
    return tuple(json.loads(TEXTS.read_text(encoding="utf-8"))["texts"])


@cache
def own_mac() -> str:
    """This machine's hardware address, as AA-BB-CC-DD-EE-FF."""
    return "-".join(f"{uuid.getnode():012X}"[at : at + 2] for at in range(0, 12, 2))


@cache
def own_address(url: str) -> str:
    """The address that this machine has on the way to this host; nothing is sent to find out."""
    parts = urlsplit(url)
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((parts.hostname or "127.0.0.1", parts.port or 80))
            return str(probe.getsockname()[0])
    except OSError:
        return "127.0.0.1"
