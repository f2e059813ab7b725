"""What is typed at the cashier: whose account, how much, how it goes back; whom the window charges."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from portal.codes import code_list
from portal.gateway.models import Desk
from settlement.models import AccountType, PatientType, RefundFlow, WithdrawMode
from settlement.services.cashier.accounts import Holder
from settlement.services.cashier.charging import Payer
from settlement.services.cashier.recharging import Payment
from settlement.services.cashier.refunding import Return

PLAIN = {"autocomplete": "off", "spellcheck": "false"}
ONE_BAR = "CHS_ONE_BAR"


def text(label: str, size: int, *, needed: bool = True, hint: str = "", **attrs: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={**PLAIN, **attrs})
    return forms.CharField(label=label, max_length=size, required=needed, help_text=hint, widget=widget)


def yuan(label: str, **attrs: Any) -> forms.DecimalField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", **attrs})
    return forms.DecimalField(label=label, max_digits=10, decimal_places=2, min_value=Decimal("0.01"), widget=widget)


def listed(name: str, empty: str = "") -> Any:
    """Choices of a dictionary, read when the form is made."""
    return lambda: [*([("", empty)] if empty else []), *code_list(name).choices()]


class DeskForm(forms.Form):
    """Every form that goes to a desk; the own one is chosen already."""

    desk = forms.ChoiceField(label="终端")

    def __init__(self, *args: Any, desks: list[Desk], seat: Desk | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["desk"]
        field.choices = [(str(one.pk), one.name) for one in desks] or [("", "还没有登记终端")]  # type: ignore[attr-defined]
        field.initial = str(seat.pk) if seat else ""
        self.order_fields([*(name for name in self.fields if name != "desk"), "desk"])


class RechargeForm(DeskForm):
    """A recharge of a card's account; the account is opened with the first."""

    account_type = forms.ChoiceField(label="账户类型", choices=AccountType.choices)
    card_type = forms.ChoiceField(label="卡类型", choices=listed("onetrans.card_type"))
    card_no = text("卡号/住院号", 32)
    patient_id = text("患者院内ID", 32)
    name = text("患者姓名", 32)
    document = text("身份证号", 18, needed=False)
    amount = yuan("充值金额（元）")
    fee_type = text("费用类型", 16, needed=False)
    notes = text("备注", 100, needed=False)

    @property
    def holder(self) -> Holder:
        names = ("card_type", "card_no", "patient_id", "name", "document", "account_type")
        return Holder(**{name: self.cleaned_data[name].strip() for name in names})

    @property
    def payment(self) -> Payment:
        given = self.cleaned_data
        return Payment(given["amount"], fee_type=given["fee_type"], notes=given["notes"])


class RefundForm(DeskForm):
    """How much of a recharge goes back, how, and why."""

    amount = yuan("退款金额（元）")
    mode = forms.ChoiceField(label="退款方式", choices=WithdrawMode.choices, initial=WithdrawMode.ORIGINAL)
    flow = forms.ChoiceField(label="退款流程", choices=RefundFlow.choices, initial=RefundFlow.HIS_DECIDES)
    is_pos = forms.BooleanField(label="原充值是 POS 刷卡", required=False)
    reason = text("退款原因", 100)

    @property
    def wanted(self) -> Return:
        given = self.cleaned_data
        return Return(given["amount"], given["mode"], given["flow"], given["reason"], is_pos=given["is_pos"])


class ChargeForm(DeskForm):
    """Whom the settling window charges."""

    patient_type = forms.ChoiceField(label="患者类型", choices=PatientType.choices, initial=PatientType.INSURED)
    name = text("姓名", 20)
    document_type = forms.ChoiceField(label="证件类型", choices=listed("onetrans.psn_cert_type"), initial="01")
    document = text("证件号码", 20)
    card_type = forms.ChoiceField(label="卡类型", choices=listed("onetrans.card_type", "不填"), required=False)
    card_no = text("卡号", 32)
    person_no = text("人员编号", 30, needed=False, hint="医保患者必填，读卡后自动带入")
    insurance = forms.ChoiceField(label="险种", choices=listed("onetrans.insutype", "自费不填"), required=False)
    insured_at = text("参保地医保区划", 6, needed=False)
    mdtrt_id = text("就诊ID", 30, needed=False, hint="没有挂号可不填，收费台自动挂号")
    account_type = forms.ChoiceField(label="账户类型", choices=AccountType.choices)

    @property
    def payer(self) -> Payer:
        return Payer(**{name: value.strip() for name, value in self.cleaned_data.items() if name != "desk"})


class CancelForm(DeskForm):
    """What names the settlement at the centre, and why it is taken back."""

    mdtrt_id = text("就诊ID", 30)
    setl_id = text("结算ID", 30, hint="见收费台打印的结算单")
    reason = text("撤销原因", 100)


class CheckForm(forms.Form):
    """Which day the platform is asked about."""

    day = forms.DateField(label="日期", widget=forms.DateInput(attrs={"type": "date"}))
