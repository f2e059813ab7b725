"""The list of providers with the papers each of them has to print (9.5)."""

from collections.abc import Callable
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse

from clearing import rules
from clearing.forms import WideScopeForm, codes, year_choices
from clearing.models import DuePapers, PaperState, Scope
from clearing.models.scope import ALL_AGENCIES
from clearing.services.overview import scopes
from clearing.services.printing import PrintStanding, reckoned, standing_of
from portal.access.member import Member, PortalRequest
from portal.web.tables import BulkAction, Column, ListFilter, ListPage, QuickSearch, Selection, choose
from portal.web.tables.columns import Tone

TONES: dict[PaperState, Tone] = {
    PaperState.PRINTED: "good",
    PaperState.WAITING: "brand",
    PaperState.OUTDATED: "warn",
    PaperState.LACKING: "warn",
    PaperState.SUPERFLUOUS: "bad",
    PaperState.SPARE: "",
}
LABEL_TONES = {str(state.label): tone for state, tone in TONES.items() if tone}
STATES = [(str(state), str(state.label)) for state in PaperState if state]
OTHERS = [("contradiction", "登记与数据不符"), ("guess", "表中未列（推定）"), ("own", "本机构")]


class DueFilter(ListFilter):
    """The scope, and what is looked for in it."""

    year = django_filters.ChoiceFilter(label="清算年份", choices=year_choices, empty_label=None, method="keep")
    insurance = django_filters.ChoiceFilter(
        label="险种", choices=lambda: codes("aka080"), empty_label=None, method="keep"
    )
    agency = choose("清算机构", lambda: codes("qsjg00"), empty=ALL_AGENCIES, method="keep")
    region = choose("统筹区", lambda: codes("insu_admdvs"))
    provider_type = choose("机构类型", lambda: codes("medins_type"))
    paper = choose(
        "报表",
        list(zip(rules.PAPERS, ("核拨表", "异地返还表", "生育返还表", "药店/村卫返还表"), strict=True)),
        method="by_paper",
    )
    state = choose("报表状态", STATES, method="by_state")
    note = choose("需核实", OTHERS, method="by_note")
    q = QuickSearch(("provider_name", "医疗机构名称"), ("provider_code", "医疗机构编号"))

    class Meta:
        model = DuePapers
        fields: list[str] = []

    def keep(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """The scope is chosen before the rows are."""
        return rows

    def by_paper(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Providers of whom that paper is due, printed or superfluous."""
        if self.form.cleaned_data.get("state"):
            return rows  # both together ask about one paper, below
        return rows.exclude(**{f"{value}__in": [PaperState.NONE, PaperState.SPARE]})

    def by_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Providers with a paper in that state."""
        chosen = self.form.cleaned_data.get("paper")
        wanted = Q()
        for paper in [chosen] if chosen else rules.PAPERS:
            wanted |= Q(**{paper: value})
        return rows.filter(wanted)

    def by_note(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        conditions = {"contradiction": ~Q(contradictions=[]), "guess": Q(is_guess=True), "own": Q(is_own=True)}
        return rows.filter(conditions[value])


def _state(paper: str) -> Callable[[DuePapers], str]:
    def label(row: DuePapers) -> str:
        state = row.state_of(paper)
        return str(state.label) if state else ""

    return label


def _paper(name: str, label: str) -> Column:
    return Column(name, label, "state", value=_state(name), sort=name, tones=LABEL_TONES, width=14)


class DueList(ListPage):
    """报表打印清单."""

    name = "clearing.due_papers"
    title = "报表打印清单"
    columns = (
        Column("provider_code", "医疗机构编号", "id", width=15),
        Column(
            "provider_name",
            "医疗机构名称",
            link=lambda row: reverse("clearing:due-papers-provider", args=[row.pk]),
            width=30,
        ),
        Column("region", "统筹区", value=lambda row: row.region_label, sort="region", width=12),
        Column("provider_type", "类型", value=lambda row: row.provider_type_label, sort="provider_type", width=9),
        Column("opened", "业务", value=lambda row: row.opened, width=22),
        Column("rule", "规则", value=lambda row: row.rule_label, sort="rule", width=9, help="清算手册 9.5 表格中的行"),
        _paper("disbursement", "核拨表"),
        _paper("cross_region", "异地返还表"),
        _paper("maternity", "生育返还表"),
        _paper("primary", "药店/村卫返还表"),
        Column("due", "应打印", "int", total=True, width=8),
        Column("printed", "已打印", "int", total=True, width=8, shown=False),
        Column("waiting", "待打印", "int", total=True, width=8, shown=False),
        Column("lacking", "缺数据", "int", total=True, width=8, shown=False),
        Column("superfluous", "多余", "int", total=True, width=8, shown=False),
        Column("why", "依据", width=40, shown=False),
        Column("notes", "需核实", value=lambda row: "；".join(row.contradictions), width=40, shown=False),
    )
    filterset = DueFilter
    template = "clearing/due_papers.html"
    default_sort = "region"
    empty = "没有符合条件的机构"
    empty_hint = "清单列出所选年份和险种中有清算数据的机构"
    actions = (
        BulkAction(
            "打印所选（合并 PDF）",
            "clearing:due-papers-print",
            "clearing.papers.make",
            confirm="将打印所选 {n} 家机构的全部应打印报表，按统筹区和机构合并为一个 PDF，在后台生成。",
            confirm_title="打印应打印报表",
        ),
        BulkAction(
            "每家一个 PDF（zip）",
            "clearing:due-papers-zip",
            "clearing.papers.make",
            "light",
            confirm="将打印所选 {n} 家机构的全部应打印报表，每家机构一个 PDF，打包为 zip，在后台生成。",
            confirm_title="打印应打印报表",
        ),
    )

    def __init__(self, member: Member, params: QueryDict) -> None:
        self.scope = scope_in(member, params)
        if self.scope and not {"year", "insurance"} <= params.keys():
            params = params.copy()
            for name in ("year", "insurance", "agency"):
                params.setdefault(name, str(getattr(self.scope, name)))
        super().__init__(member, params)

    def rows(self) -> QuerySet[Any]:
        return reckoned(self.scope, by=self.member) if self.scope else DuePapers.objects.none()

    def row_css(self, row: DuePapers) -> str:
        return "attention" if row.superfluous or row.contradictions or row.is_guess else ""

    @property
    def standing(self) -> PrintStanding:
        """Numbers of papers of everything that matches."""
        return standing_of(self.filtered)

    @property
    def is_narrowed(self) -> bool:
        return any(self.params.get(name) for name in ("region", "provider_type", "paper", "state", "note", "q"))

    @property
    def state_urls(self) -> dict[str, str]:
        """The same list with the providers that have a paper in that state."""
        return {str(state): self.address(state=str(state)) for state in PaperState if state}

    @classmethod
    def selection(cls, request: PortalRequest) -> Selection:
        """The scope is part of the filter, so ticked rows need it too."""
        if request.POST.get("all") == "1":
            return super().selection(request)
        here = cls(request.member, QueryDict(request.POST.get("query", "")))
        ids = [pk for pk in set(request.POST.getlist("ids")) if _is_id(pk)]
        return Selection(here.rows().filter(pk__in=ids), False, len(ids))


def _is_id(text: str) -> bool:
    return len(text) == 36 and text.replace("-", "").isalnum()


def scope_in(member: Member, params: QueryDict) -> Scope | None:
    """The scope that the address names, or the newest year's whole one; None when there are no rows at all."""
    assert member.institution
    form = WideScopeForm(params)
    if form.is_valid():
        return form.scope(str(member.institution.environment))
    known = scopes(str(member.institution.environment))
    return Scope(known[0].environment, known[0].year, known[0].insurance) if known else None
