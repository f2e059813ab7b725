"""Sentences that people owe for a decision."""

from django import forms


class ReasonForm(forms.Form):
    """Why a difference is accepted."""

    reason = forms.CharField(
        label="接受理由",
        min_length=4,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "请写明接受差异的理由",
            "min_length": "接受理由：至少 4 个字",
            "max_length": "接受理由：最多 200 个字",
        },
    )
