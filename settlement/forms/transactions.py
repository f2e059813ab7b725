"""What narrows the catalogue of transactions."""

from typing import Any

from django import forms

from portal.gateway.national.catalogue import CALLS, PRIORITIES, Entry

KNOWN = {"table": "有字段表", "extends": "同其他交易", "own": "本省字段表", "missing": "缺字段表"}
EFFECTS = {"safe": "查询", "changing": "办理", "reversible": "可冲正"}


def one_of(label: str, choices: dict[str, str]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[("", "全部"), *choices.items()])


class CatalogueForm(forms.Form):
    """Number, name or pinyin initials; category; how it is called; what is known of it."""

    q = forms.CharField(
        label="查找",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "编号、名称或拼音首字母"}),
    )
    category = one_of("类别", {})
    call = one_of("调用方式", CALLS)
    priority = one_of("优先级", {str(key): label for key, label in PRIORITIES.items() if key})
    known = one_of("字段表", KNOWN)
    effect = one_of("性质", EFFECTS)

    def __init__(self, *args: Any, categories: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", "全部"), *((one, one) for one in categories)]  # type: ignore[attr-defined]
        self.asked = self.cleaned_data if self.is_valid() else {}

    def fits(self, one: Entry) -> bool:
        """Whether this number is looked for; what was asked wrongly narrows nothing."""
        asked = self.asked
        word, effect = asked.get("q", "").strip().lower(), asked.get("effect")
        return (
            (not word or one.matches(word))
            and asked.get("category") in (None, "", one.category[0])
            and asked.get("call") in (None, "", one.call)
            and asked.get("priority") in (None, "", str(one.priority))
            and asked.get("known") in (None, "", one.known)
            and (not effect or {"safe": one.safe, "changing": not one.safe, "reversible": one.reversible}[effect])
        )
