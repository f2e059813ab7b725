"""The national interface as the declarations know it: its gateway, its definite refusals, what every reply brings.

Envelope and conventions: Guangdong access guide, supplement tables 2 to 4; the wire is `portal.gateway.wire.national`.
"""

from __future__ import annotations

from pathlib import Path

from portal.gateway.messages import Gateway, Record, item, load_refusals

FOLDER = Path(__file__).parent

NATIONAL = Gateway("national", "国家医保接口", wire="national", refusals=load_refusals(FOLDER / "refusals.json"))


class Received(Record):
    """What the envelope of every reply says (table 3), beside the output; the base of all replies of this gateway.

    `inf_refmsgid` names the message at the receiver: 3262 takes it to undo a confirmation. It is empty only in a
    reply that was reconstructed by an investigation. Table 3 gives it 30 characters; sites that use more are read too.
    """

    inf_refmsgid: str = item("接收方报文ID", 60, default="")
    refmsg_time: str = item("接收报文时间", 30, default="")
    respond_time: str = item("响应报文时间", 30, default="")


__all__ = ["NATIONAL", "Received"]
