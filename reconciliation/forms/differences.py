"""What people fill in about differences: a decision, a reason, a colleague, a remark, a sheet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from portal.access.models import User
from portal.papers.xlsx_reading import Limits, Line, UnreadableFile, read_xlsx
from reconciliation.models import Action
from reconciliation.services.cases import Offer

TYPED = forms.Textarea(attrs={"rows": 2, "autocomplete": "off"})
NO_CHOICE = {"required": "请选择处理方式", "invalid_choice": "现在不能这样处理"}


class DecideForm(forms.Form):
    """What shall be done, and why. Only what can be done now is offered."""

    action = forms.ChoiceField(label="处理方式", widget=forms.RadioSelect, error_messages=NO_CHOICE)
    reason = forms.CharField(label="理由", max_length=300, widget=TYPED, error_messages={"required": "请填写理由"})

    def __init__(self, *args: Any, offers: Iterable[Offer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = [one for one in offers if not one.obstacle]
        field: Any = self.fields["action"]
        field.choices = [(one.action, _worded(one)) for one in listed]
        self.initial.setdefault("action", next((one.action for one in listed if one.is_proposed), ""))


def _worded(offer: Offer) -> str:
    return offer.title + ("（建议）" if offer.is_proposed else "")


class DecideManyForm(forms.Form):
    """The same for many; what cannot be done so is named afterwards."""

    action = forms.ChoiceField(
        label="处理方式", choices=Action.choices, widget=forms.RadioSelect, error_messages=NO_CHOICE
    )
    reason = forms.CharField(label="理由", max_length=300, widget=TYPED, error_messages={"required": "请填写理由"})


class ReasonForm(forms.Form):
    """Why something is sent back."""

    reason = forms.CharField(
        label="退回理由",
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请填写退回的理由"},
    )


class CommentForm(forms.Form):
    """A remark for colleagues."""

    text = forms.CharField(label="备注", max_length=1000, widget=TYPED, error_messages={"required": "请填写备注"})


class AssignForm(forms.Form):
    """Who looks after it."""

    to = forms.ChoiceField(label="负责人", required=False)

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.pk): one for one in people}
        field: Any = self.fields["to"]
        field.choices = [("", "（不指派）"), *((key, str(one)) for key, one in self.people.items())]

    @property
    def chosen(self) -> User | None:
        return self.people.get(self.cleaned_data["to"])


class SheetForm(forms.Form):
    """A filled-in sheet; `lines` after is_valid() are its rows."""

    file = forms.FileField(
        label="处理表（.xlsx）",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        help_text="用“下载处理表”得到的文件，填写“处理方式”和“理由”两列；没有填写的行不处理",
        error_messages={"required": "请选择文件", "empty": "文件是空的"},
    )
    lines: list[Line]

    def clean_file(self) -> Any:
        file: Any = self.cleaned_data["file"]
        limits = Limits()
        if (file.size or 0) > limits.file:
            raise forms.ValidationError(f"文件超过 {limits.file // 1024 // 1024} MB，请分成几个文件")
        try:
            self.lines = read_xlsx(file.read(), limits)
        except UnreadableFile as error:
            raise forms.ValidationError(error.sentence) from error
        return file
