"""The sandbox's invented rates and limits, in yuan; the rules that use them stand in `benefits.py`."""

from __future__ import annotations

from decimal import Decimal

CENT, ZERO = Decimal("0.01"), Decimal("0.00")
#: Medical categories (med_type) by kind; inpatient is what none of these is.
PHARMACY = ("41",)
CHRONIC = ("14", "18", "9901", "990101", "9904")
OUTPATIENT = ("11", "13", "51", "1103", "1301", "990103", "9903")
SINGLE_DISEASE = ("2102",)
INSUTYPES = ("310", "390")

D = Decimal
#: Share of the pool fund at levels 1 to 3 of the institution.
RATIOS: dict[tuple[str, str], tuple[Decimal, Decimal, Decimal]] = {
    ("310", "pharmacy"): (ZERO, ZERO, ZERO),
    ("310", "outpatient"): (D("0.7000"), D("0.6500"), D("0.6000")),
    ("310", "chronic"): (D("0.9000"), D("0.8800"), D("0.8500")),
    ("310", "inpatient"): (D("0.9200"), D("0.9000"), D("0.8800")),
    ("390", "pharmacy"): (ZERO, ZERO, ZERO),
    ("390", "outpatient"): (D("0.6000"), D("0.5500"), D("0.5000")),
    ("390", "chronic"): (D("0.8000"), D("0.7500"), D("0.7000")),
    ("390", "inpatient"): (D("0.8500"), D("0.7500"), D("0.6500")),
}
RETIRED_MORE, ELSEWHERE_LESS = D("0.0300"), D("0.1000")
#: Deductible at levels 1 to 3: outpatients a year, inpatients a stay (half from the second of the year on).
DEDUCTIBLES: dict[tuple[str, str], tuple[Decimal, Decimal, Decimal]] = {
    ("310", "outpatient"): (D("100.00"), D("150.00"), D("200.00")),
    ("310", "inpatient"): (D("300.00"), D("600.00"), D("900.00")),
    ("390", "outpatient"): (ZERO, D("50.00"), D("100.00")),
    ("390", "inpatient"): (D("200.00"), D("500.00"), D("1000.00")),
}
#: The most that the pool pays in a year.
CAPS: dict[tuple[str, str], Decimal] = {
    ("310", "pharmacy"): ZERO,
    ("310", "outpatient"): D("4000.00"),
    ("310", "chronic"): D("20000.00"),
    ("310", "inpatient"): D("200000.00"),
    ("390", "pharmacy"): ZERO,
    ("390", "outpatient"): D("300.00"),
    ("390", "chronic"): D("8000.00"),
    ("390", "inpatient"): D("150000.00"),
}
#: 职工大额: of what the pool would have paid beyond its cap.
LARGE_SHARE, LARGE_CAP = D("0.9000"), D("300000.00")
#: 居民大病: of the year's burden beyond the threshold.
SERIOUS_FROM, SERIOUS_SHARE, SERIOUS_CAP = D("12000.00"), D("0.6000"), D("300000.00")
#: 公务员补助: of the person's share in scope, without the deductible.
CIVIL_SHARE = D("0.5000")
#: 医疗救助: of what is left in scope.
AID_SHARE, AID_CAP = D("0.7000"), D("50000.00")
#: 单病种住院: what goes beyond the package and is in scope is the hospital's own.
PACKAGE = D("8000.00")

FUND_NAMES = {
    "310100": "城镇职工基本医疗保险统筹基金",
    "310102": "职工门诊统筹基金",
    "320100": "公务员医疗补助基金",
    "330100": "大额医疗费用补助基金",
    "390100": "城乡居民基本医疗保险基金",
    "390102": "居民门诊统筹基金",
    "390200": "城乡居民大病医疗保险基金",
    "610100": "医疗救助基金",
}


def kind_of(med_type: str) -> str:
    """pharmacy, outpatient, chronic or inpatient."""
    for kind, types in (("pharmacy", PHARMACY), ("chronic", CHRONIC), ("outpatient", OUTPATIENT)):
        if med_type in types:
            return kind
    return "inpatient"
