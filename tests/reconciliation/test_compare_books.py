"""Entries of our book laid beside result files: narrowed, explained, kept, and found again by later runs."""

import io
import random
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from portal.ledger.centre import CentreFacts
from portal.ledger.facts import EntryFacts, Source, Span, midnight
from portal.ledger.gathering import write
from portal.ledger.reading import entries_between
from reconciliation.models import Difference, Outcome, Run, Sighting, TheirRow
from reconciliation.rules import compare
from reconciliation.services import narrowing
from reconciliation.services.comparing import File, compare_facts, compare_files, settle_balanced
from reconciliation.services.narrowing import TooMany, line_of, narrow
from reconciliation.services.our_lines import line_of_entry
from reconciliation.services.result_files import read_result
from reconciliation.services.storing import Covered

DAY = date(2026, 3, 17)
NEXT = DAY + timedelta(days=1)
AGREES = frozenset({"0"})
Bill = tuple[str, str, str]  # number, total, fund


def entry(number: str, total: str, *, day: date = DAY, hour: int = 10, **told: Any) -> EntryFacts:
    """Settlement `number`: the centre knows it as S<number>, our message as M<number>."""
    at = midnight(day) + timedelta(hours=hour)
    facts: dict[str, Any] = {
        "setl_id": f"S{number}",
        "msgid": f"M{number}",
        "person_no": f"P0000{number}",
        "clr_type": "11",
    }
    facts |= {"clr_optins": "140200", "insutype": "310", "fund": Decimal(total)}
    return EntryFacts("national", number, at, Decimal(total), **{**facts, **told})


def ours(*facts: EntryFacts) -> None:
    write(facts, environment="test", source=Source.BROUGHT)


def row(number: str, total: str, verdict: str = "0", flag: str = "0", **told: str) -> list[str]:
    values = {"psn": f"P0000{number}", "mdtrt": f"J{number}", "setl": f"S{number}", "msg": f"M{number}"} | told
    return [values["psn"], values["mdtrt"], values["setl"], values["msg"], verdict, flag, "null", total, total, "0.00"]


def unknown(number: str) -> list[str]:
    """The centre repeats our line and has none."""
    return [f"P0000{number}", "null", f"S{number}", "null", "1", "0", "中心没有这笔结算", "null", "null", "null"]


def packed(*rows: list[str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("result.txt", "".join("\t".join(one) + "\n" for one in rows))
    return content.getvalue()


def run_of(day: date = DAY, family: str = "national") -> Run:
    end = day + timedelta(days=1)
    return Run.objects.get_or_create(environment="test", family=family, kind="day", begin=day, end=end)[0]


def compared(run: Run, *rows: list[str]):
    content = packed(*rows)
    entries = entries_between(Span("test", run.begin, run.end), family="national", clr_type="11", clr_optins="140200")
    left = narrow(entries, lambda: read_result(content), agreeing=AGREES)
    return compare_files(run, [File(Covered("11", "140200", run.begin, run.end), left)])


def open_ones() -> dict[str, str]:
    return {one.number or one.setl_id: one.kind for one in Difference.objects.exclude(state="done")}


def test_every_difference_of_a_day_is_kept_with_both_sides(in_hospital_a):
    ours(
        entry("1", "10.00"),
        entry("2", "20.00"),
        entry("3", "30.00"),
        entry("4", "40.00"),
        entry("5", "50.00"),
        entry("5", "-50.00", hour=11, is_refund=True, setl_id="S5R", msgid="M5R"),
        entry("6", "60.00", setl_id="", standing="doubtful"),
        entry("7", "70.00", setl_id="", standing="pending"),
        entry("8", "80.00", clr_type="21"),
    )
    run = run_of()
    result = compared(
        run,
        row("1", "10"),  # the same amount, written otherwise
        row("2", "21.00", "1"),
        unknown("3"),
        row("4", "40.00", "1", setl="null", mdtrt="null"),
        row("4", "40.00", "1", setl="null", mdtrt="null"),
        row("5", "50.00"),
        row("6", "60.00", "1"),
        row("8", "80.00", "1"),
        row("9", "90.00", "1"),
    )
    kinds = {"2": "amount", "3": "only_ours", "4": "twice", "5": "refund_one_side", "6": "doubtful", "7": "pending"}
    assert open_ones() == kinds | {"8": "other_scope", "S9": "only_theirs"}
    assert (result.ours, result.theirs, result.agreed) == (6, 9, 2)
    assert result.exceptions == 7
    amount = Difference.objects.get(kind="amount")
    assert (amount.field, amount.ours, amount.theirs, amount.difference) == (
        "total",
        "20.00",
        "21.00",
        Decimal("-1.00"),
    )
    assert [one["field"] for one in amount.fields] == ["total", "fund"]
    assert amount.entry is not None
    assert amount.their_row is not None
    assert amount.entry.number == "2"
    assert amount.their_row.raw.reveal().startswith("P00002\tJ2\tS2")
    assert TheirRow.objects.filter(person="P00002").count() == 0  # masked
    assert Difference.objects.get(kind="doubtful").proposal == "adopt"
    sums = sum(Difference.objects.values_list("total_gap", flat=True), Decimal())
    assert sums == Decimal("100.00") - Decimal("391.00")  # ours without doubts and other scopes; all that they have


def test_the_same_run_again_changes_nothing_and_what_agrees_then_is_gone(in_hospital_a):
    ours(entry("1", "10.00"), entry("2", "20.00"))
    run = run_of()
    compared(run, row("1", "10.00"), row("2", "21.00", "1"))
    before = Difference.objects.get()
    compared(run, row("1", "10.00"), row("2", "22.00", "1"))
    again = Difference.objects.get()
    assert (again.pk, again.found_at, again.theirs, again.state) == (before.pk, before.found_at, "22.00", "open")
    assert Sighting.objects.count() == 1
    result = compared(run, row("1", "10.00"), row("2", "20.00"))
    assert (result.exceptions, result.gone) == (0, 1)
    assert Difference.objects.get().outcome == Outcome.GONE


def test_what_was_accepted_stays_accepted_until_it_changes(in_hospital_a):
    ours(entry("1", "10.00"), entry("2", "20.00"))
    run = run_of()
    compared(run, row("1", "10.00"), row("2", "21.00", "1"))
    Difference.objects.update(state="done", outcome=Outcome.ACCEPTED, done_at=timezone.now())
    compared(run, row("1", "10.00"), row("2", "21.00", "1"))
    assert Difference.objects.count() == 1
    compared(run, row("1", "10.00"), row("2", "25.00", "1"))
    assert [one.state for one in Difference.objects.order_by("found_at")] == ["done", "open"]


@pytest.mark.parametrize("day", [date(2026, 12, 31), date(2024, 2, 29), date(2026, 2, 28)])
def test_a_settlement_over_midnight_is_one_difference_of_two_days(in_hospital_a, day):
    after = day + timedelta(days=1)
    ours(entry("1", "10.00", day=day), entry("2", "20.00", day=day), entry("3", "30.00", day=after))
    compared(run_of(day), row("1", "10.00"), unknown("2"))
    assert open_ones() == {"2": "only_ours"}
    compared(run_of(after), row("3", "30.00"), row("2", "20.00", "1"))
    assert open_ones() == {"2": "over_midnight"}
    assert sum(Sighting.objects.values_list("total_gap", flat=True)) == 0
    month = Run.objects.create(
        environment="test", family="national", kind="month", begin=day.replace(day=1), end=after + timedelta(days=5)
    )
    result = compared(month, row("1", "10.00"), row("2", "20.00"), row("3", "30.00"))
    assert (result.agreed, result.gone) == (3, 1)


def test_a_file_that_lists_only_differences_leaves_the_rest_alone(in_hospital_a):
    ours(*(entry(str(number), "10.00") for number in range(10, 20)))
    result = compared(run_of(), row("12", "11.00", "1"), row("13", "10.00", "1", setl="null", mdtrt="null"))
    assert (result.agreed, set(open_ones().values())) == (8, {"amount"})
    assert "只列出不一致" in result.note


def test_a_line_of_nobody_is_shown_and_a_repeated_person_is_recognised(in_hospital_a):
    ours(entry("1", "10.00"), entry("2", "20.00"))
    nameless = ["P00002", "null", "null", "null", "1", "0", "中心没有", "20.00", "20.00", "0.00"]
    nobody = ["P9", "null", "null", "null", "1", "0", "什么", "null", "null", "null"]
    compared(run_of(), row("1", "10.00"), nameless, nobody, ["half a line"])
    assert sorted(Difference.objects.values_list("kind", "number")) == [
        ("only_ours", "2"),
        ("unreadable", ""),
        ("unreadable", ""),
    ]


def test_books_of_different_days_are_refused(in_hospital_a, monkeypatch):
    monkeypatch.setattr(narrowing, "MOST", 3)
    ours(*(entry(str(number), "10.00") for number in range(9)))
    with pytest.raises(TooMany):
        compared(run_of(), row("0", "10.00"))


def test_narrowing_leaves_out_nothing_that_the_rules_would_find(in_hospital_a):
    """Whatever the order: the same as with all lines of both books, which takes no streams, pieces or hashes."""
    chance = random.Random(20260317)
    narrowing_together, narrowing.TOGETHER = narrowing.TOGETHER, 3
    try:
        for round_ in range(8):
            day = DAY + timedelta(days=round_ * 10)
            numbers = [f"{round_}{n:03}" for n in range(25)]
            ours(*(entry(one, "10.00", day=day) for one in numbers if chance.random() < 0.9))
            told = [row(one, "10.00") for one in numbers] + [row(one, "9.00", "1") for one in chance.sample(numbers, 2)]
            told += [row(one, "10.00") for one in chance.sample(numbers, 3)]
            chance.shuffle(told)
            content = packed(*told)
            entries = entries_between(Span.of_day("test", day), family="national")
            left = narrow(entries, partial(read_result, content), agreeing=AGREES)
            run = run_of(day)
            found = compare_files(run, [File(Covered("11", "140200", run.begin, run.end), left)])
            layout, rows = read_result(content)
            every = [line_of(layout, one, place, AGREES) for place, one in enumerate(rows)]
            whole = list(compare([line_of_entry(one) for one in entries], every))
            assert found.kinds == {kind: [str(one.kind) for one in whole].count(kind) for kind in found.kinds}
            assert sum(found.gaps.values()) == sum(one.gap.total for one in whole)
            assert left.agreed + len(left.suspects) == entries.count()
    finally:
        narrowing.TOGETHER = narrowing_together


def test_another_gateway_is_compared_settlement_by_settlement(in_hospital_a):
    told: dict[str, Any] = {"clr_type": "", "clr_optins": "", "insutype": "", "msgid": ""}
    for number, total in (("A1", "10.00"), ("A2", "20.00"), ("A3", "30.00")):
        facts = entry(number, total, setl_id="", **told)
        write([EntryFacts("injury", number, facts.settled_at, facts.total)], environment="test", source="injury")
    run = run_of(family="injury")
    theirs = [
        CentreFacts("injury", "A1", total=Decimal("10.00")),
        CentreFacts("injury", "A2", total=Decimal("19.00"), told="结算单（4.16）"),
        CentreFacts("injury", "A3", is_missing=True, told="中心仍为在院（4.16）"),
        CentreFacts("injury", "A4", total=Decimal("40.00"), person="钱**"),
    ]
    result = compare_facts(run.pk, theirs)
    assert open_ones() == {"A2": "amount", "A3": "only_ours", "A4": "only_theirs"}
    assert (result.ours, result.theirs, result.agreed) == (3, 3, 1)
    assert "4.16" in Difference.objects.get(number="A3").note


def test_a_balanced_total_closes_its_scope_but_no_doubt(in_hospital_a):
    ours(entry("1", "10.00"), entry("2", "20.00"), entry("3", "30.00", setl_id="", standing="doubtful"))
    run = run_of()
    compared(run, row("1", "10.00"), row("2", "21.00", "1"))
    assert settle_balanced(run.pk, ("390", "11", "140200")) == 0
    assert settle_balanced(run.pk, ("310", "11", "140200")) == 1
    assert open_ones() == {"3": "doubtful"}
