from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError

from portal.access.models import User

NAME = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}


def username_field(**attrs: str) -> forms.CharField:
    return forms.CharField(label="用户名", max_length=30, widget=forms.TextInput(attrs={**NAME, **attrs}))


class SignInForm(forms.Form):
    username = username_field()
    password = forms.CharField(
        label="密码",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "data-password": ""}),
    )
    remember = forms.BooleanField(label="记住用户名", required=False)


class CodeForm(forms.Form):
    """The second step of signing in."""

    token = forms.CharField(
        label="动态口令",
        min_length=6,
        max_length=7,
        help_text="打开手机上的动态口令应用，输入当前显示的 6 位数字",
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "pattern": "[0-9 ]*"}
        ),
    )

    def clean_token(self) -> str:
        token = str(self.cleaned_data["token"]).replace(" ", "")
        if not (token.isascii() and token.isdigit() and len(token) == 6):
            raise ValidationError("动态口令是 6 位数字")
        return token


class TokenForm(CodeForm):
    """Enrolment: one code proves that the secret arrived in the app."""


class NewPasswordFields(forms.Form):
    """The two fields of a new password; `user` is who it is for, if known."""

    new = forms.CharField(
        label="新密码",
        max_length=128,
        strip=False,
        help_text="；".join(password_validators_help_texts()[:4]),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "data-password": ""}),
    )
    again = forms.CharField(
        label="再次输入新密码",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "data-password": ""}),
    )

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        new, again = self.cleaned_data.get("new"), self.cleaned_data.get("again")
        if new and again and new != again:
            self.add_error("again", "两次输入的新密码不一致")
        if new:
            try:
                validate_password(new, self.user)
            except ValidationError as error:
                self.add_error("new", error)
        return self.cleaned_data


class PasswordForm(NewPasswordFields):
    """One's own password; the current one is asked unless a one-time password has just been used."""

    current = forms.CharField(
        label="当前密码",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "data-password": ""}),
    )
    field_order = ["current", "new", "again"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        if user.must_change_password:
            del self.fields["current"]


class ForgotForm(NewPasswordFields):
    username = username_field()
    code = forms.CharField(
        label="重置码",
        max_length=20,
        help_text="向本机构的机构管理员索取，30 分钟内有效，只能用一次",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    field_order = ["username", "code", "new", "again"]
