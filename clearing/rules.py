"""Which papers a provider has to print: the table of clearing manual 9.5 as data, in its order. Pure.

`due` finds the one row of the table for a provider's facts. What the table does not name gets an answer all the same,
marked as a guess: the manual sends its reader to the insurance centre then, and so do we.
"""

from dataclasses import dataclass

DISBURSEMENT, CROSS_REGION, MATERNITY, PRIMARY = "disbursement", "cross_region", "maternity", "primary"
#: Every paper of chapter 9 in the order in which papers are printed and bound.
PAPERS = (DISBURSEMENT, CROSS_REGION, MATERNITY, PRIMARY)

HOSPITAL, CLINIC, PHARMACY, VILLAGE = "hospital", "clinic", "pharmacy", "village"
KINDS = (HOSPITAL, CLINIC, PHARMACY, VILLAGE)
_WORDS = {HOSPITAL: "医院", CLINIC: "诊所", PHARMACY: "药店", VILLAGE: "村卫生室"}
#: 9.4 counts village clinics with pharmacies; the table's first row says 药店/诊所 and means primary care (基层).
PRIMARY_CARE = frozenset({PHARMACY, CLINIC, VILLAGE})
ASK = "表中未列，请联系医保中心确认"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the table asks about a provider. `per_capita`: it is paid per head, as its region is."""

    kind: str
    inpatient_or_chronic: bool = False
    cross_region: bool = False
    maternity: bool = False
    per_capita: bool = False

    @property
    def words(self) -> str:
        """医院，开通住院/慢病，有异地，无生育"""
        parts = [_WORDS.get(self.kind, f"其他机构（{self.kind}）")]
        parts.append("开通住院/慢病" if self.inpatient_or_chronic else "未开通住院/慢病")
        parts += ["有异地" if self.cross_region else "无异地", "有生育" if self.maternity else "无生育"]
        return "，".join([*parts, "按人头付费"] if self.per_capita else parts)


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table. `None` = the row does not ask. `takes_away` is what it frees a provider of.

    Which regions pay per head is data too: the code list clearing.per_capita_regions, with the years it holds in.
    """

    name: str
    place: int  # the row in the manual's table, from 1
    kinds: frozenset[str] | None
    who: str
    condition: str
    says: str
    papers: tuple[str, ...] = ()
    takes_away: frozenset[str] = frozenset()
    inpatient_or_chronic: bool | None = None
    cross_region: bool | None = None
    maternity: bool | None = None
    per_capita: bool | None = None

    def holds(self, facts: Facts) -> bool:
        """Whether the row speaks of such a provider."""
        asked = ("inpatient_or_chronic", "cross_region", "maternity", "per_capita")
        wanted = ((getattr(self, name), getattr(facts, name)) for name in asked)
        is_asked = self.kinds is None or facts.kind in self.kinds
        return is_asked and all(want is None or want == fact for want, fact in wanted)

    @property
    def title(self) -> str:
        return f"第 {self.place} 行：{self.who}，{self.condition}" if self.place else self.condition


_CLINICAL = frozenset({HOSPITAL, CLINIC})
RULES = (
    Rule(
        "primary_only",
        1,
        PRIMARY_CARE,
        "药店/诊所",
        "未开通慢病住院",
        "仅基层医疗机构保证金返还表",
        papers=(PRIMARY,),
        inpatient_or_chronic=False,
    ),
    Rule(
        "disbursement_only",
        2,
        _CLINICAL,
        "医院/诊所",
        "开通住院/慢病，无异地无生育",
        "仅核拨表",
        papers=(DISBURSEMENT,),
        inpatient_or_chronic=True,
        cross_region=False,
        maternity=False,
    ),
    Rule(
        "with_cross_region",
        3,
        _CLINICAL,
        "医院/诊所",
        "开通住院/慢病，有异地无生育",
        "核拨表 + 异地保证金返还表",
        papers=(DISBURSEMENT, CROSS_REGION),
        inpatient_or_chronic=True,
        cross_region=True,
        maternity=False,
    ),
    Rule(
        "with_maternity",
        4,
        _CLINICAL,
        "医院/诊所",
        "开通住院/慢病，无异地有生育",
        "核拨表 + 生育保证金返还表",
        papers=(DISBURSEMENT, MATERNITY),
        inpatient_or_chronic=True,
        cross_region=False,
        maternity=True,
    ),
    Rule(
        "with_both",
        5,
        _CLINICAL,
        "医院/诊所",
        "开通住院/慢病，有异地有生育",
        "核拨表 + 异地返还表 + 生育返还表",
        papers=(DISBURSEMENT, CROSS_REGION, MATERNITY),
        inpatient_or_chronic=True,
        cross_region=True,
        maternity=True,
    ),
    Rule(
        "per_capita",
        6,
        None,
        "灵丘县/阳高县",
        "按人头付费",
        "无需核拨表",
        takes_away=frozenset({DISBURSEMENT}),
        per_capita=True,
    ),
)
#: What is answered when no row of the table speaks of such a provider.
UNLISTED = Rule("unlisted", 0, frozenset(), "", ASK, "")


@dataclass(frozen=True, slots=True)
class Due:
    """The answer: the row of the table, the papers in binding order, and why. A guess is only our best reading."""

    rule: Rule
    papers: tuple[str, ...]
    why: str
    is_guess: bool = False


def due(facts: Facts, rules: tuple[Rule, ...] = RULES) -> Due:
    """The papers for these facts: one row of the table, or UNLISTED with a best guess.

    A row that takes papers away (paid per head) speaks last and alone: the deposits of its provider are refunded like
    any other's, so its refund tables follow from the other rows.
    """
    giving = [rule for rule in rules if not rule.takes_away and rule.holds(facts)]
    taking = [rule for rule in rules if rule.takes_away and rule.holds(facts)]
    base = Due(giving[0], giving[0].papers, giving[0].title) if giving else _guess(facts)
    if not taking:
        return base
    [rule] = taking
    papers = tuple(paper for paper in base.papers if paper not in rule.takes_away)
    return Due(rule, papers, f"{rule.title}，{rule.says}；保证金返还表按业务（{base.why}）", base.is_guess)


def _guess(facts: Facts) -> Due:
    """The nearest row: what is opened decides about the tables, and primary care gets its deposits back by 9.4."""
    wanted = {DISBURSEMENT}
    if facts.cross_region:
        wanted.add(CROSS_REGION)
    if facts.maternity:
        wanted.add(MATERNITY)
    if facts.kind in PRIMARY_CARE:
        wanted.add(PRIMARY)
    papers = tuple(paper for paper in PAPERS if paper in wanted)
    return Due(UNLISTED, papers, f"{facts.words}：{ASK}，暂按已开通的业务推定", is_guess=True)


#: Deposits of the agency for other regions are refunded on the cross-region table alone (9.2 knows no agency).
_NOT_OF_AGENCY = {"002": frozenset({MATERNITY, PRIMARY})}


def of_agency(papers: tuple[str, ...], agency: str) -> tuple[str, ...]:
    """Those of the papers that exist for one agency ("" = all agencies)."""
    return tuple(paper for paper in papers if paper not in _NOT_OF_AGENCY.get(agency, frozenset()))
