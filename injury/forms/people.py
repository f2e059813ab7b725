"""How somebody who comes to the desk is found: by number and name, by card, by QR code; and what lists are asked by."""

from typing import Any

from django import forms

from injury.services.people import CARD, ELSEWHERE, IDENTITY, LABELS, LOCAL, NEEDED, QR
from portal.codes import code_list

WHERE = [(LOCAL, "自治区内参保"), (ELSEWHERE, "跨省参保（异地就医）")]
MEANS = {IDENTITY: "身份证号和姓名", CARD: "实体社保卡", QR: "电子社保卡二维码"}
HELP = {
    "card": "可以用读卡器输入：卡号、卡识别码、身份证号、姓名依次读入，或一次读入用“|”分开的整行",
    "qr": "把光标放在这里，用扫码枪扫描病人手机上的二维码",
}
SEPARATORS = ("|", "\t")


class PersonForm(forms.Form):
    """The fields of one way of asking. A reader that types a whole line into the first field fills all of them."""

    def __init__(self, means: str, *args: Any, where: str = LOCAL, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.means = means
        given = self.data.get("where", where) if self.is_bound else where
        self.place = given if given in (LOCAL, ELSEWHERE) else LOCAL
        self.fields["where"] = forms.ChoiceField(
            label="参保地",
            choices=WHERE,
            initial=self.place,
            widget=forms.RadioSelect,
            error_messages={"required": "请选择参保地", "invalid_choice": "没有这个选项"},
        )
        names = dict.fromkeys([*NEEDED[LOCAL, means], *NEEDED[ELSEWHERE, means]])
        for name in names:
            self.fields[name] = _text(name, only_here=name not in NEEDED[ELSEWHERE, means])
        self.fields[next(iter(names))].widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        given = {name: str(value).strip() for name, value in super().clean().items()}  # type: ignore[union-attr]
        if self.means == CARD and any(sign in given.get("card", "") for sign in SEPARATORS):
            given |= _split(given["card"])
        if "identity" in given:
            given["identity"] = given["identity"].upper()
        return given


def _split(line: str) -> dict[str, str]:
    for sign in SEPARATORS:
        line = line.replace(sign, "|")
    return dict(zip(("card", "code", "identity", "name"), (part.strip() for part in line.split("|")), strict=False))


def _text(name: str, *, only_here: bool) -> forms.CharField:
    helping = HELP.get(name, "") or ("自治区内参保的须同时填写，用于核验社保卡" if only_here else "")
    attrs = {"autocomplete": "off", "spellcheck": "false", "data-no-draft": True}
    widget = forms.TextInput(attrs=attrs | ({"data-only-local": True} if only_here else {}))
    return forms.CharField(label=LABELS[name], required=False, max_length=200, help_text=helping, widget=widget)


class DayField(forms.DateField):
    """A day, entered by the browser's own calendar."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        options: dict[str, Any] = {
            "label": label,
            "required": False,
            "widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "input_formats": ["%Y-%m-%d"],
            "error_messages": {"invalid": f"{label}：格式应为 年-月-日，如 2025-03-01"},
        }
        super().__init__(**{**options, **kwargs})


class PeriodForm(forms.Form):
    """Conditions of a list of the centre: pairs of days may not be turned round."""

    pairs: tuple[tuple[str, str], ...] = ()
    aac002 = forms.CharField(label="身份证号", required=False, max_length=18)
    aac003 = forms.CharField(label="姓名", required=False, max_length=20)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        for first, last in self.pairs:
            if found.get(first) and found.get(last) and found[first] > found[last]:
                self.add_error(last, f"{self.fields[last].label}：不能早于开始日期")
        return found


class TreatmentsForm(PeriodForm):
    """4.5: nothing filled in means this month."""

    pairs = (("aae035", "aae037"), ("akc176s", "akc176e"))
    akc176s = DayField("申请日期从")
    akc176e = DayField("申请日期到")
    aae035 = DayField("审批日期从")
    aae037 = DayField("审批日期到")


class ReportsForm(PeriodForm):
    """4.7."""

    pairs = (("aae035", "aae037"),)
    aae035 = DayField("经办日期从")
    aae037 = DayField("经办日期到")


class UploadedForm(PeriodForm):
    """4.15: nothing filled in means admitted this month."""

    pairs = (("akc192s", "akc192e"), ("akc194s", "akc194e"), ("aae036s", "aae036e"))
    akc192s = DayField("入院日期从")
    akc192e = DayField("入院日期到")
    akc194s = DayField("出院日期从")
    akc194e = DayField("出院日期到")
    aae036s = DayField("录入日期从")
    aae036e = DayField("录入日期到")
    akc190 = forms.CharField(label="住院号/门诊号", required=False, max_length=30)
    aaa027 = forms.ChoiceField(
        label="行政区", required=False, choices=lambda: [("", "全部"), *code_list("injury.aaa027").choices()]
    )
