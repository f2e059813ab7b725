"""A desk without a bridge: the library's functions called as C calls them, with room for what they write too much."""

import ctypes
import itertools
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.gateway.messages import Record, Request, wire_form
from portal.gateway.sandbox.control import Sandbox
from portal.gateway.sandbox.library import FUNCTIONS, played

ROOM = 16384
NUMBERS = itertools.count(1)


@dataclass
class Desk:
    """One registered party at one desk."""

    sandbox: Sandbox
    party: str = "OT0001"
    key: str = "key-of-the-desk"
    options: dict[str, Any] = field(default_factory=dict)
    library: Any = None

    def __post_init__(self) -> None:
        self.register(**self.options)
        self.library = self.library or played(self.sandbox.url, self.party)

    def register(self, **options: Any) -> None:
        self.sandbox.ask(
            "POST",
            "/parties",
            json={"gateway": "onetrans", "app_code": self.party, "secret_key": self.key, "options": options},
        )

    def call(self, message: bytes) -> tuple[int, bytes]:
        """(return value, what stands in pOutData)."""
        out = ctypes.create_string_buffer(ROOM)
        value = self.library.OneTrans(message, out)
        return value, out.value

    def ask(self, request: Request[Any] | tuple[str, dict[str, Any]], **changes: Any) -> dict[str, Any]:
        """The reply's members; what stands in the buffer must be one."""
        value, out = self.call(self.message(request, **changes))
        assert value == 0
        answer: dict[str, Any] = json.loads(out.decode("gbk"))
        return answer

    def require(self, request: Request[Any]) -> Record:
        """The reply of a success."""
        answer = self.ask(request)
        assert answer["code"] == "000000", answer
        return type(request).reply().model_validate(answer["data"])

    def message(self, request: Request[Any] | tuple[str, dict[str, Any]], **changes: Any) -> bytes:
        code, data = request if isinstance(request, tuple) else (request.code, wire_form(request))
        envelope = {
            "app_id": self.party,
            "app_key": self.key,
            "recer_sys_code": "MBS_LOCAL",
            "msgid": f"H44010000001{datetime.now():%Y%m%d%H%M%S}{next(NUMBERS) % 10000:04d}",
            "timestamp": "20250212093000000",
            "dev_no": "",
            "signtype": "SM3",
            "enc_type": "SM4",
            "dept_codg": "0101",
            "dept_name": "收费处",
            "opter": "alice",
            "opter_name": "爱丽丝",
            "opter_type": "1",
            "trans_type": code,
            "data": data,
            **changes,
        }
        return json.dumps(envelope, ensure_ascii=False, default=str).encode("gbk")

    def card(self, function: str) -> tuple[int, str, str]:
        """(return value, out, sign) of a card function."""
        out, sign = ctypes.create_string_buffer(ROOM), ctypes.create_string_buffer(ROOM)
        count = len(FUNCTIONS[function][1])
        before = [30] if function == "GetQRBase" else []
        buffers = [out, 1024, sign, 1024] if count >= 4 else [out, 1024]
        value = getattr(self.library, function)(*before, *buffers)
        return value, out.value.decode("gbk"), sign.value.decode("gbk")

    def truth(self) -> dict[str, Any]:
        return self.sandbox.truth("onetrans", self.party)

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self.truth()["state"][self.party]
        return found

    def act(self, name: str, **asked: Any) -> dict[str, Any]:
        return self.sandbox.act("onetrans", name, party=self.party, **asked)


PAY: dict[str, Any] = {"payAppId": "PAY1", "payAppSecret": "S", "termNo": "T1", "cardType": "03", "cardNo": "C1"}
