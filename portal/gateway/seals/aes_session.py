"""What sites do differently on the work-injury interface; one captured sample must be enough to set these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from portal.gateway.seals.switches import Switches


@dataclass(frozen=True, slots=True)
class AesSessionSwitches(Switches):
    """The defaults are those of the printed interface.

    `path` is added to the address, `{method}` in it is the transaction or its name in the channel's 方法名称;
    `file_path` is where forms with a file go (4.18); `session_header`, `session_body`: where the session is carried;
    `session_form`: written as text or as a number; `numbers`: amounts as text or as numbers; `replies`: which forms of
    a reply are read; `idle_minutes`: after so long without a call the user is signed out.
    """

    labels: ClassVar[Mapping[str, str]] = {
        "path": "接口路径",
        "file_path": "材料上传路径",
        "session_header": "请求头带 sessionid",
        "session_body": "报文带 sessionid",
        "session_form": "报文中 sessionid 的写法",
        "numbers": "数值写法",
        "replies": "答复的形式",
        "idle_minutes": "空闲多少分钟后退出登录",
    }

    path: str = "/public/sendHis/{method}.html"
    file_path: str = "/his/pub/interface/upInvoice/{method}.html"
    session_header: bool = True
    session_body: bool = True
    session_form: Literal["text", "number"] = "text"
    numbers: Literal["text", "number"] = "text"
    replies: Literal["either", "plain", "sealed"] = "either"
    idle_minutes: int = 10

    def check(self) -> None:
        for path in (self.path, self.file_path):
            if not path.startswith("/") or "{" in path.replace("{method}", "") or "?" in path or "#" in path:
                raise ValueError("接口路径应以 / 开头，方法名的位置写作 {method}")
        if "{method}" not in self.path:
            raise ValueError("接口路径中应有 {method}，表示方法名的位置")
        if not (self.session_header or self.session_body):
            raise ValueError("请求头和报文中至少一处应带 sessionid")
        if not 1 <= self.idle_minutes <= 110:
            raise ValueError("空闲退出应为 1 到 110 分钟（接口规定 2 小时失效）")
