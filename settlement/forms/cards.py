"""What is read at the desk, and for which step a health card's owner is asked."""

from __future__ import annotations

from django import forms

from settlement.forms.cashier import DeskForm, listed
from settlement.models import ReadingWay
from settlement.services.cards.reading import USUAL_BUSINESS, USUAL_STEP


class ReadForm(DeskForm):
    """The way of reading; codes need to know what for."""

    way = forms.ChoiceField(
        label="读什么", choices=ReadingWay.choices, widget=forms.RadioSelect, initial=ReadingWay.CHOOSE
    )
    business_type = forms.ChoiceField(
        label="用码业务", choices=listed("onetrans.business_type"), initial=USUAL_BUSINESS, required=False
    )


class PinForm(DeskForm):
    """At which desk the card lies on the reader."""


class GrantForm(DeskForm):
    """For which step of the treatment."""

    treatment_code = forms.ChoiceField(label="诊疗环节", choices=listed("onetrans.treatment_code"), initial=USUAL_STEP)
