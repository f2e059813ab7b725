"""Signing in and out (work-injury interface 4.1, 4.2). The wire adds the session to every other request."""

from __future__ import annotations

from injury.messages.gateway import INJURY, Ack
from portal.gateway.messages import Request, item


class Session(Ack):
    """The session that every following call carries (4.1)."""

    sessionid: str = item("会话编号", 100, secret=True, min_length=1)


class Login(Request[Session], code="login", title="登录", gateway=INJURY, safe=True):
    """Sign in; one session per user, two hours after the last call (4.1)."""

    username: str = item("用户名", 100, min_length=1)
    password: str = item("密码", 32, secret=True, min_length=1)


class Logout(Request[Ack], code="logout", title="登出", gateway=INJURY, safe=True):
    """Sign out, so that nobody is locked out (4.2)."""

    username: str = item("用户名", 100, min_length=1)
    password: str = item("密码", 32, secret=True, min_length=1)
