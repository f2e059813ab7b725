"""What a password must be (design 4.3); Django calls these for every new one."""

import re
from typing import Any

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError

CLASSES = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")
LENGTH = 10
HISTORY = 5


class LengthAndClasses:
    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < LENGTH:
            raise ValidationError(f"密码至少 {LENGTH} 位", code="short")
        if sum(bool(re.search(pattern, password)) for pattern in CLASSES) < 3:
            raise ValidationError("密码须包含大写字母、小写字母、数字、符号中的至少三类", code="classes")

    def get_help_text(self) -> str:
        return f"至少 {LENGTH} 位，包含大写字母、小写字母、数字、符号中的至少三类"


class NeverTheManualsPassword:
    """The old client shipped admin/123456; anything built on it is refused for ever."""

    def validate(self, password: str, user: Any = None) -> None:
        if "123456" in password:
            raise ValidationError("密码不能包含 123456", code="manual")

    def get_help_text(self) -> str:
        return "不能包含 123456"


class NotTheUserName:
    """The user name is on every list and screen: a password around it is guessed first."""

    def validate(self, password: str, user: Any = None) -> None:
        name = getattr(user, "username", "").lower()
        if len(name) > 2 and name in password.lower():
            raise ValidationError("密码不能包含用户名", code="username")

    def get_help_text(self) -> str:
        return "不能包含用户名"


class NotRecentlyUsed:
    def validate(self, password: str, user: Any = None) -> None:
        if user is None or user.pk is None:
            return
        recent = [user.password, *user.past_passwords.values_list("password", flat=True)[: HISTORY - 1]]
        if any(check_password(password, old) for old in recent if old):
            raise ValidationError(f"不能与最近 {HISTORY} 次使用过的密码相同", code="used")

    def get_help_text(self) -> str:
        return f"不能与最近 {HISTORY} 次使用过的密码相同"
