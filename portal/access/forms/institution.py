from typing import TYPE_CHECKING, Any

from django import forms

from portal.access.models import Institution
from portal.access.models.institution import Environment

if TYPE_CHECKING:
    _InstitutionForm = forms.ModelForm[Institution]
else:
    _InstitutionForm = forms.ModelForm

LEVELS = ("三级甲等", "三级乙等", "三级", "二级甲等", "二级乙等", "二级", "一级", "未定级")


class InstitutionChangeForm(_InstitutionForm):
    """What the platform may change; the code never, the environment only by its own procedure."""

    level = forms.ChoiceField(label="医院等级", choices=[("", "不适用"), *((x, x) for x in LEVELS)], required=False)

    class Meta:
        model = Institution
        fields = [
            "name",
            "kind",
            "region",
            "level",
            "inpatient_chronic",
            "cross_region",
            "maternity",
            "per_capita",
            "four_eyes",
            "is_active",
        ]
        help_texts = {
            "region": "6 位行政区划代码，例如 140200",
            "four_eyes": "申请提交、撤销、退费、授予角色等操作须由第二人复核；关闭会降低资金安全",
            "is_active": "停用后该机构人员无法进入，接口密钥同时失效",
        }

    def _post_clean(self) -> None:
        """Validated, but not assigned: the service compares with what is stored and records the difference."""
        errors: dict[str, Any] = {}
        draft = Institution(code="A00000000000", environment=Environment.TEST, **self.cleaned_data)
        try:
            draft.clean_fields(exclude=["code"])
        except forms.ValidationError as error:
            errors = error.error_dict
        for name, found in errors.items():
            if name in self.fields and name not in self.errors:
                self.add_error(name, found)


class InstitutionForm(_InstitutionForm):
    level = forms.ChoiceField(label="医院等级", choices=[("", "不适用"), *((x, x) for x in LEVELS)], required=False)

    class Meta:
        model = Institution
        fields = ["code", *(name for name in InstitutionChangeForm.Meta.fields if name != "is_active")]
        help_texts = {
            "code": "国家定点编号，1 位大写字母加 11 位数字，例如 H14020000001；保存后不能修改",
            **InstitutionChangeForm.Meta.help_texts,
        }


class UserForm(forms.Form):
    username = forms.CharField(
        label="用户名",
        max_length=30,
        help_text="登录时使用，2–30 位字母、数字、点、横线或下划线",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    full_name = forms.CharField(label="姓名", max_length=50, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    platform_admin = forms.BooleanField(
        label="平台管理员", required=False, help_text="管理机构、人员和网关，看不到业务数据"
    )


class AppointForm(forms.Form):
    username = forms.CharField(
        label="用户名",
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    full_name = forms.CharField(label="姓名", max_length=50, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class AddPersonForm(forms.Form):
    username = forms.CharField(
        label="已有人员的用户名",
        max_length=30,
        help_text="加入后没有角色，由该机构的管理员授予",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )


class GlassForm(forms.Form):
    reason = forms.CharField(
        label="理由",
        max_length=200,
        help_text="例如工单编号和要核实的问题；写入该机构的操作日志，机构可见",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
