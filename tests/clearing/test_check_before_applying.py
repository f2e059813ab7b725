"""What is found before an application is submitted: the rules on small scenes, then the pages and the API."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db.models import F
from django.urls import reverse

from clearing.identities import CHECKS, Broken, Line, Provider, Scene, Thresholds, issues, load_thresholds
from clearing.models import ClearingRow
from clearing.services.checking import ABOUT_ROWS, check_application, rows_of_issue
from tests.cast import signed_in

SCOPE = {"year": "2025", "insurance": "001", "agency": "003"}
LIMITS = Thresholds(Decimal("0.50"), Decimal("10000"), 24)


def line(key: str, due: str = "30000", disburse: str = "1000", **more) -> Line:
    facts = {"provider_code": f"P{key}", "provider_name": f"样例{key}医院", "region": "140213", "visit_type": "001"}
    given = {"clearing_type": "11", "what": "普通门诊 门诊", "verified": True, **facts, **more}
    return Line(key=key, row_id=f"R{key}", fund_due=Decimal(due), disburse=Decimal(disburse), **given)


def last_year(**due: str) -> dict[str, Provider]:
    return {
        code: Provider(code, f"样例{code}", Decimal(amount), "上年清算", 2024, "001") for code, amount in due.items()
    }


def found(scene: Scene) -> dict[str, tuple[str, int]]:
    """Rule: severity and count."""
    return {one.rule: (one.severity, one.count) for one in issues(replace(scene, thresholds=LIMITS))}


BROKEN = Broken("disbursement_adds_up", "拨付金额", "1.00", "2.00")
MONTHS = Broken("fund_due_is_monthly_sum", "基金应付金额", "1.00", "2.00")
CHANGED = Broken("changed_after_verification", "拨付金额", "1.00", "2.00")


@pytest.mark.parametrize(
    ("scene", "says"),
    [
        (Scene(lines=(line("1"),)), {}),
        (Scene(obstacles=("没有已核对的数据",)), {"obstacles": ("block", 0)}),
        (Scene(lines=(line("1", verified=False),)), {"unverified": ("warn", 1)}),
        (
            Scene(lines=(line("1", verified=False, broken=(BROKEN, MONTHS)),)),
            {"unverified": ("warn", 1), "broken": ("warn", 1), "months": ("warn", 1)},
        ),
        (Scene(lines=(line("1", broken=(BROKEN,)),)), {"broken_verified": ("block", 1)}),
        (Scene(lines=(line("1", broken=(MONTHS,)),)), {"months": ("block", 1)}),
        (Scene(lines=(line("1", broken=(BROKEN, MONTHS), accepted="已核实"),)), {"accepted": ("info", 1)}),
        (Scene(lines=(line("1", broken=(CHANGED,)),)), {"changed_verified": ("block", 1)}),
        (Scene(lines=(line("1", broken=(CHANGED,), accepted="已核实"),)), {"changed_accepted": ("info", 1)}),
        (Scene(lines=(line("1", months="differs"),)), {"months": ("warn", 1)}),
        (Scene(lines=(line("1", months="none"), line("2", months="unread"))), None),
        (Scene(lines=(line("1", "0", "0"),)), {"zero": ("info", 1)}),
        (Scene(lines=(line("1", disburse="-0.01"),)), {"negative": ("warn", 1)}),
        (Scene(lines=(line("1"), line("2", provider_code="P1"))), {"duplicates": ("warn", 2)}),
        (Scene(lines=(line("1"), line("2", provider_code="P1", visit_type="002"))), {}),
        (Scene(lines=(line("1"),), age=24.0), {}),
        (Scene(lines=(line("1"),), age=24.1), {"stale": ("warn", 0)}),
        (Scene(lines=(line("1"),), fresh=frozenset("1"), gone=2), {"fresh": ("info", 1)}),
        (Scene(lines=(line("1"),), last_year=last_year(P1="30000", P2="5")), {"missing": ("warn", 1)}),
        (Scene(lines=(line("1"),), elsewhere=(Provider("P3", "丙", Decimal(1), "本年城乡居民"),)), None),
    ],
)
def test_it_finds_what_a_clerk_should_know(scene, says):
    if says is None:
        assert set(found(scene)) <= {"months_none", "months_unread", "missing_other"}
        assert found(scene)
    else:
        assert found(scene) == says


@pytest.mark.parametrize(
    ("before", "now", "far"),
    [
        ("20000", "30000", False),  # exactly half as much again
        ("19999", "30000", True),  # more than half, and more than 10,000
        ("1000", "11000", False),  # ten times as much, but no more than 10,000
        ("1000", "11000.01", True),
        ("100000", "140000", False),  # 40,000 more, but less than half
        ("100000", "49999", True),  # fewer count as well
        ("0", "10000.01", True),  # nothing last year
    ],
)
def test_both_thresholds_must_be_passed(before, now, far):
    scene = Scene(lines=(line("1", now),), last_year=last_year(P1=before))
    assert ("far" in found(scene)) == far


def test_it_explains_both_values():
    [issue] = issues(
        Scene(
            lines=(line("1", "40000"), line("2", "5000", provider_code="P1", visit_type="002")),
            last_year=last_year(P1="20000"),
        )
    )
    [case] = issue.cases
    assert (case.expected, case.found, case.keys) == ("20,000.00", "45,000.00，+125%", ("1", "2"))
    assert "50%" in issue.sentence
    assert "10,000.00 元" in issue.sentence


def test_it_names_what_blocks_first_and_counts_a_row_once():
    scene = Scene(lines=(line("1", verified=False), line("2", broken=(BROKEN, replace(BROKEN, label="保证金")))))
    first, *rest = issues(scene)
    assert (first.rule, first.count, first.amount, len(first.cases)) == ("broken_verified", 1, Decimal(1000), 2)
    assert all(one.severity != "block" for one in rest)


def test_its_limits_are_data(tmp_path):
    assert load_thresholds().hours > 0
    file = tmp_path / "thresholds.json"
    file.write_text('{"share": "0", "yuan": "1", "hours": 1}')
    with pytest.raises(ValueError, match="above 0"):
        load_thresholds(file)


def test_every_rule_is_explained():
    assert all(rule.__doc__ for rule in CHECKS)


def test_the_check_of_a_year(desk, charlie_member):
    desk.generate()
    it_hides_the_check_of_another_institution(desk, charlie_member)
    it_lists_exactly_the_rows_of_a_finding(desk)
    desk.accept().verify()
    it_shows_on_the_submit_page_what_to_look_at(desk)


def it_lists_exactly_the_rows_of_a_finding(desk):
    row = desk.rows(finding_count=0)[0]
    with desk.tx():
        ClearingRow.objects.filter(pk=row.pk).update(disburse=Decimal("-1.00"))
        check = check_application(desk.scope)
        keys = rows_of_issue(desk.scope, "broken") | rows_of_issue(desk.scope, "months")
    by_rule = {issue.rule: issue for issue in check.issues}
    assert check.blocks, "nothing is verified yet"
    assert keys == {str(one.pk) for one in desk.rows(finding_count__gt=0)}
    assert {one.rule for one in check.issues if one.keys} <= set(ABOUT_ROWS), "every finding about rows has its list"
    below = desk.rows(disburse__lt=0)
    assert by_rule["negative"].keys == {str(one.pk) for one in below}
    assert row.pk in [one.pk for one in below]
    clerk = signed_in(desk.alice)
    listed = clerk.get(reverse("clearing:verification-list"), {**SCOPE, "check": "negative"}).content.decode()
    assert f"符合条件 <strong>{len(below)}</strong> 条" in listed
    assert row.provider_name in listed
    page = clerk.get(reverse("clearing:application-check"), SCOPE).content.decode()
    for words in ("现在不能提交", "没有已核对的数据", "拨付金额为负", "check=negative", "尚未核对"):
        assert words in page
    assert clerk.get(reverse("clearing:application-check"), {**SCOPE, "export": "xlsx"}).content[:2] == b"PK"
    told = clerk.get("/api/v1/clearing/application-checks", SCOPE).json()
    assert told["blocks"] is True
    assert {issue["rule"] for issue in told["issues"]} == set(by_rule)
    [negative] = [issue for issue in told["issues"] if issue["rule"] == "negative"]
    assert (negative["count"], negative["disburse"]) == (len(below), str(sum(one.disburse for one in below)))
    assert {key for case in negative["cases"] for key in case["rows"]} == {str(one.pk) for one in below}
    assert clerk.get("/api/v1/clearing/application-checks", {"year": "2025"}).status_code == 422


def it_shows_on_the_submit_page_what_to_look_at(desk):
    row = desk.rows()[0]
    with desk.tx():
        ClearingRow.objects.filter(pk=row.pk).update(medical_fee=F("medical_fee"), fund_due=0, disburse=0)
        check = check_application(desk.scope)
    assert not check.blocks
    assert "zero" in {issue.rule for issue in check.issues}
    page = signed_in(desk.alice).get(reverse("clearing:application-submit"), SCOPE).content.decode()
    assert "提交前检查" in page
    assert "提交清算申请</button>" in page


def it_hides_the_check_of_another_institution(desk, charlie_member):
    page = signed_in(charlie_member).get(reverse("clearing:application-check"), SCOPE).content.decode()
    assert all(row.provider_name not in page for row in desk.rows())
