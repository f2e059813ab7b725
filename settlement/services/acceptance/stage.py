"""What a run knows while it goes on: what was typed, what the centre answered, and what follows from both."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

Content = dict[str, Any]
#: Baskets of a run, which tell its lines apart.
PLACES = ("YA", "YB", "M1", "M2", "M3", "Z")
#: Price and quantity of the lines that a run charges.
CHARGES = (("12.50", 2), ("30.00", 1), ("8.80", 3))


@dataclass
class Stage:
    """One run. `given` and `facts` are plain values, as they are kept; `began` is when the run began."""

    number: str
    began: datetime
    given: dict[str, Any]
    facts: dict[str, Any]
    medins_code: str
    medins_name: str
    region: str
    #: Everything that was learned since it was last kept.
    changed: bool = field(default=False)

    def at(self, days: int = 0, *, minutes: int = 0) -> str:
        moment = timezone.localtime(self.began) + timedelta(days=days, minutes=minutes)
        return f"{moment:%Y-%m-%d %H:%M:%S}"

    def day(self, days: int = 0) -> str:
        return self.at(days)[:10]

    def learn(self, name: str, value: Any) -> None:
        self.facts[name] = value
        self.changed = True

    # --- the person

    @property
    def person(self) -> dict[str, Any]:
        return dict(self.facts.get("person") or {})

    @property
    def insured_at(self) -> str:
        return str(self.person.get("insuplc_admdvs", ""))

    def certificate(self) -> Content:
        """What the person shows, under the names of 1101."""
        return dict(self.given["certificate"])

    def named(self, place: str = "", **more: Any) -> Content:
        """psn_no and, of a visit, its mdtrt_id."""
        found = {"psn_no": self.person.get("psn_no", "")}
        return found | ({"mdtrt_id": self.facts.get(f"mdtrt:{place}", "")} if place else {}) | more

    # --- numbers of our own

    def own(self, place: str) -> str:
        """A number that this run alone has, the same whenever it is asked for."""
        return f"{self.number}{place}"[:30]

    # --- lines

    def line_number(self, place: str, n: int) -> str:
        """feedetl_sn, which has digits only in some tables."""
        digits = "".join(filter(str.isdigit, self.number))
        return f"{digits}{PLACES.index(place):02d}{n:02d}"[-30:]

    def line(self, place: str, charge: tuple[str, int], n: int) -> Content:
        """One fee line; `place` tells baskets of the run apart."""
        price, count = charge
        return {
            "feedetl_sn": self.line_number(place, n),
            "rx_circ_flag": "0",
            "fee_ocur_time": self.at(minutes=-1),
            "med_list_codg": self.given["item_code"],
            "medins_list_codg": self.given.get("own_code") or self.given["item_code"],
            "det_item_fee_sumamt": Decimal(price) * count,
            "cnt": Decimal(count),
            "pric": Decimal(price),
        }

    def lines(self, place: str, count: int = 2) -> list[Content]:
        return [self.line(place, charge, n) for n, charge in enumerate(CHARGES[:count], 1)]

    def results(self, place: str) -> dict[str, Any]:
        """What the centre made of the uploaded lines, by their numbers."""
        return dict(self.facts.get(f"results:{place}") or {})

    def doctor(self) -> Content:
        return {
            "bilg_dept_codg": self.given["department_code"],
            "bilg_dept_name": self.given["department_name"],
            "bilg_dr_codg": self.given["doctor_code"],
            "bilg_dr_name": self.given["doctor_name"],
        }

    def diagnosis(self, **more: Any) -> Content:
        return {
            "diag_type": "1",
            "diag_srt_no": 1,
            "diag_code": self.given["diagnosis_code"],
            "diag_name": self.given["diagnosis_name"],
            "diag_dept": self.given["department_name"],
            "dise_dor_no": self.given["doctor_code"],
            "dise_dor_name": self.given["doctor_name"],
            "diag_time": self.at(minutes=-5),
            **more,
        }


def total_of(lines: list[Content]) -> Decimal:
    return sum((one["det_item_fee_sumamt"] for one in lines), Decimal("0.00"))
