"""The national interface's gateway, and what the envelope of every reply brings."""

from __future__ import annotations

from pathlib import Path

from portal import codes
from portal.gateway.messages import Gateway, Record, item, load_refusals

FOLDER = Path(__file__).parent

codes.load(FOLDER / "codes")
codes.name_scope("national", "国家医保接口")

NATIONAL = Gateway(
    "national",
    "国家医保接口",
    wire="national",
    refusals=load_refusals(FOLDER / "refusals.json"),
    subjects=("mdtrt_id", "ipt_otp_no"),
)


class Received(Record):
    """What the envelope of every reply says (table 3), beside the output; the base of all replies of this gateway.

    `inf_refmsgid` names the message at the receiver: 3262 takes it to undo a confirmation. It is empty only in a
    reply that was reconstructed by an investigation. Table 3 gives it 30 characters; sites that use more are read too.
    """

    inf_refmsgid: str = item("接收方报文ID", 60, default="")
    refmsg_time: str = item("接收报文时间", 30, default="")
    respond_time: str = item("响应报文时间", 30, default="")
