"""The sandbox's own rule set: fixed cases of every rule, and the identities over many thousand drawn ones."""

from decimal import Decimal as D
from random import Random

import pytest

from settlement.sandbox import items
from settlement.sandbox.benefits import Claim, Cut, Listed, Year, cut, settle, total

ZERO = D("0.00")


def listed(grade="01", prop="0", limit=None):
    return Listed("X", "药", "101", grade, "09", D(prop), None if limit is None else D(limit), ZERO)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (listed(), ("0", "0", "0", "100")),
        (listed("02", "0.1"), ("0", "0", "10", "90")),
        (listed("02", "0.2", "40"), ("0", "20", "16", "64")),
        (listed("03", "1", "40"), ("100", "0", "0", "0")),
    ],
)
def test_a_line_is_cut_into_own_over_first_and_in_scope(item, expected):
    found = cut(item, D(2), D("100"))
    assert (found.own, found.over, found.first, found.in_scope) == tuple(D(one) for one in expected)
    assert found.amount == found.own + found.over + found.first + found.in_scope


def paid(scope, year=None, med_type="2101", insutype="310", **claim):
    sums = Cut(D(scope), ZERO, ZERO, ZERO, D(scope))
    return settle(sums, Claim(insutype, med_type, 3, **claim), year or Year())


@pytest.mark.parametrize(
    ("found", "deducted", "pool", "others", "hospital"),
    [
        (paid("1900"), "900", "880", "0", "0"),  # 职工住院三级: 起付 900, 88%
        (paid("1900", Year(stays=1)), "450", "1276", "0", "0"),  # the second stay of the year: half
        (paid("1900", is_elsewhere=True), "900", "780", "0", "0"),  # another province: 10 points less
        (paid("1900", psn_type="12"), "900", "910", "0", "0"),  # pensioners: 3 points more
        (paid("1900", is_civil=True), "900", "880", "60", "0"),  # 公务员: half of the rest
        (paid("1900", Year(pooled={"inpatient": D("199500")})), "900", "500", "342", "0"),  # beyond the cap: 大额 90%
        (paid("9000", med_type="2102"), "900", "6248", "0", "1000"),  # 单病种: beyond the package is the hospital's
        (paid("2000", insutype="390"), "1000", "650", "0", "0"),
        (paid("2000", insutype="390", is_aided=True), "1000", "650", "245", "0"),  # 医疗救助: 70% of the rest
        (paid("2000", Year(burden=D("12000")), insutype="390"), "1000", "650", "210", "0"),  # 大病: 60%
        (paid("300", med_type="11", insutype="390"), "100", "100", "0", "0"),
        (paid("1000", Year(deducted={"outpatient": D("150")}), med_type="11"), "50", "570", "0", "0"),
        (paid("1000", med_type="14"), "0", "850", "0", "0"),
        (paid("1000", med_type="41", is_civil=True), "0", "0", "0", "0"),  # a purchase: account and cash only
    ],
)
def test_every_rule_has_its_amount(found, deducted, pool, others, hospital):
    assert (found.act_pay_dedc, found.hifp_pay, found.hosp_part_amt) == (D(deducted), D(pool), D(hospital))
    assert found.fund_pay_sumamt - found.hifp_pay == D(others)


def test_identities_hold_to_the_cent_whatever_comes():
    random = Random(5)
    kinds, numbers = ("41", "14", "11", "2101", "2102", "22"), list(items.SORTS)
    for _ in range(3000):
        lines = [
            cut(
                items.item(random.choice(numbers), random.randrange(60)).listed,
                D(random.randint(1, 9)),
                D(random.randint(1, 900_000)) / 100,
            )
            for _ in range(random.randint(1, 4))
        ]
        claim = Claim(
            random.choice(("310", "390")),
            random.choice(kinds),
            random.choice((1, 2, 3)),
            is_civil=random.random() < 0.3,
            is_aided=random.random() < 0.3,
            acct_used_flag=random.choice("012"),
            balance=D(random.randint(0, 500_000)) / 100,
            family_balance=D(random.randint(0, 100_000)) / 100,
        )
        used = {kind: D(random.choice((0, 3999, 199_999))) for kind in ("outpatient", "inpatient", "chronic")}
        found = settle(total(lines), claim, Year(pooled=used, burden=D(random.randint(0, 20_000))))
        assert found.medfee_sumamt == found.fund_pay_sumamt + found.psn_part_amt + found.hosp_part_amt
        funds = (found.hifp_pay, found.cvlserv_pay, found.hifob_pay, found.hifmi_pay, found.maf_pay)
        assert sum(funds) == found.fund_pay_sumamt == sum(one.amount for one in found.shares)
        assert min(*funds, found.hosp_part_amt, found.acct_pay, found.psn_cash_pay, found.acct_mulaid_pay) >= 0
        assert found.acct_pay <= claim.balance + claim.family_balance
