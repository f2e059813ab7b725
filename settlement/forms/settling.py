"""What people type around a settlement: a reason, what the patient showed again, an invoice number."""

from django import forms


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label="理由", max_length=300, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class ConfirmForm(forms.Form):
    """The last thing before money moves."""

    invoice = forms.CharField(label="发票号", max_length=20, required=False, help_text="没有可以不填")


class VoucherForm(forms.Form):
    """A fresh e-voucher, scanned at the desk."""

    code = forms.CharField(
        label="医保电子凭证",
        max_length=50,
        help_text="电子凭证只能使用一次：请病人刷新后重新出示，再扫码",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
