from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from portal.access.models import User
from portal.access.permissions import MEMBERS, Role
from portal.access.services.keys import FEWEST, MOST, USUAL, grantable_scopes

ROLE_NOTES = {
    Role.CLERK: "经办：日常业务办理",
    Role.REVIEWER: "复核：批准动用资金或不可撤销的操作，不能复核自己办理的业务",
    Role.AUDITOR: "审计：查看本机构全部数据和操作日志，不能修改",
    Role.INSTITUTION_ADMIN: "机构管理员：管理人员、接口参数和密钥",
}
ROLE_CHOICES = [(role.value, ROLE_NOTES[role]) for role in Role if role in MEMBERS]


def roles_field() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label="角色",
        choices=ROLE_CHOICES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": "机构内没有这个角色"},
    )


class RolesForm(forms.Form):
    roles = roles_field()


class InviteForm(forms.Form):
    username = forms.CharField(
        label="用户名",
        max_length=30,
        validators=User._meta.get_field("username").validators,
        help_text="登录时使用，2–30 位字母、数字、点、横线或下划线",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    full_name = forms.CharField(label="姓名", max_length=50, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    roles = roles_field()

    def clean_roles(self) -> list[str]:
        if not self.cleaned_data["roles"]:
            raise forms.ValidationError("请至少选择一个角色")
        return list(self.cleaned_data["roles"])


class KeyForm(forms.Form):
    name = forms.CharField(label="名称", max_length=50, help_text="说明由哪个系统使用，例如“住院 HIS”")
    scopes = forms.MultipleChoiceField(
        label="权限",
        widget=forms.CheckboxSelectMultiple,
        help_text="只勾选该系统需要的；复核、人员和密钥管理不能交给接口",
        error_messages={"required": "请选择至少一项权限"},
    )
    addresses = forms.CharField(
        label="允许的地址",
        required=False,
        help_text="每行一个 IP 地址或网段，例如 10.1.2.3 或 10.1.2.0/24；留空表示不限制",
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    expires = forms.DateField(
        label="有效期至", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"), help_text="当天结束时失效，最长两年"
    )

    per_minute = forms.IntegerField(
        label="每分钟请求数",
        initial=USUAL,
        required=False,
        min_value=FEWEST,
        max_value=MOST,
        help_text=f"超过时回应 429，下一分钟恢复；留空为 {USUAL}",
    )
    signed = forms.BooleanField(
        label="请求须签名",
        required=False,
        help_text="另发一个签名密钥；每次请求带时间戳、随机数和 HMAC-SM3 签名，密钥被截获也不能冒用",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(p.name, p.label) for p in grantable_scopes()]
        self.fields["scopes"].choices = choices  # type: ignore[attr-defined]
        self.fields["expires"].initial = timezone.localdate() + timedelta(days=365)

    def clean_per_minute(self) -> int:
        return self.cleaned_data["per_minute"] or USUAL

    def clean_addresses(self) -> list[str]:
        return str(self.cleaned_data["addresses"]).split()

    def clean_expires(self) -> datetime:
        day: date = self.cleaned_data["expires"]
        if day > timezone.localdate() + timedelta(days=731):
            raise forms.ValidationError("有效期最长两年")
        return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))
