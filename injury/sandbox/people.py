"""The insured of one party, made from its seed: every kind of injury, approval, report, filing and card occurs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from injury.sandbox import names
from injury.sandbox.models import Filing, Injury, Person, Report, Treatment
from injury.sandbox.options import Options
from portal.codes import code_list
from portal.gateway.sandbox.models import Party

#: One cycle of kinds: half were injured before, a fifth just now, a fifth live in another province.
CYCLE = ("old", "new", "old", "cross", "old", "old", "new", "cross", "old", "none")
#: Card states by the person's place in its kind: mostly valid, some lost, locked, sealed or written off.
CARDS = ("1", "1", "1", "2", "1", "3", "1", "4", "1", "0", "1", "9")
PARTS = ("左胫骨", "右手食指", "腰椎", "头面部", "右膝关节", "双肺", "左足", "胸部")
WOUNDS = ("骨折", "挤压伤", "皮裂伤", "烧伤", "软组织挫伤", "脱位")
PLACES = ("装配车间", "露天采区", "锅炉房", "物流库区", "建筑工地三层", "机修班")
DOCTORS = ("沐医师", "澄医师", "翎医师", "砚医师", "桐医师")
EMPLOYERS = 12


@dataclass(frozen=True, slots=True)
class Applied:
    """A kind of application: state, way (1 outpatient, 2 inpatient), category, first and last day from today."""

    akc175: str
    jxzl: str
    ale021: str
    starts: int
    ends: int
    special: str = ""


RELAPSE = Applied("1", "2", "7", -60, 60)
REHABILITATION = Applied("1", "2", "3", -60, 90)
OUTPATIENT = Applied("1", "1", "7", -60, 120)
TRANSFER = Applied("1", "2", "6", -60, 45)
LONGER = Applied("1", "2", "8", -60, 120)
EXPIRED = Applied("1", "2", "7", -120, -61)
WAITING = Applied("0", "2", "7", -2, 60)
EMPLOYER_DONE = Applied("5", "2", "7", -2, 60)
REFUSED = Applied("2", "2", "7", -10, 50)
ELSEWHERE = Applied("1", "2", "4", -60, 60, "异地高压氧治疗")
#: What the first injury of the n-th person injured before has.
FIRST = (
    (RELAPSE, EXPIRED),
    (RELAPSE, REHABILITATION, OUTPATIENT),
    (OUTPATIENT, REFUSED),
    (REHABILITATION, LONGER, EXPIRED),
    (WAITING, REFUSED),
    (RELAPSE, WAITING, ELSEWHERE),
    (EMPLOYER_DONE,),
    (TRANSFER, OUTPATIENT),
    (EXPIRED,),
    (RELAPSE, OUTPATIENT),
)
#: What their second and third injuries have, if there are such.
OTHERS = ((), (REFUSED,), (RELAPSE,), (WAITING, EXPIRED))
#: Filings by place: status, audit, kind, first and last day from today.
FILINGS = (
    (("1", "1", "01", -40, 200),),
    (("1", "1", "04", -10, 90), ("1", "1", "03", -300, -100)),
    (("1", "1", "05", -200, -20),),
    (("1", "2", "01", -10, 90),),
    (("1", "1", "03", -5, 300),),
    (("1", "0", "02", -1, 60),),
    (("0", "1", "05", -90, 90),),
    (("1", "1", "07", -30, 30),),
)


def make_people(party: Party, options: Options, on: date, *, first: int = 0, last: int = 0) -> None:
    """Insert the people with serials from `first` to before `last`, which is `options.people` unless given."""
    tag = int(hashlib.sha256(options.seed.encode()).hexdigest()[:6], 16) % 9000 + 1000
    maker = _Maker(party, options, on, tag)
    for serial in range(first, last or options.people):
        maker.add(serial)
    maker.save()


class _Maker:
    def __init__(self, party: Party, options: Options, on: date, tag: int) -> None:
        self.party, self.options, self.on, self.tag = party, options, on, tag
        self.serial = self.applications = 0
        self.people: list[Person] = []
        self.injuries: list[Injury] = []
        self.treatments: list[Treatment] = []
        self.reports: list[Report] = []
        self.filings: list[Filing] = []
        self.regions = [code for code, _ in code_list("injury.aab301").choices() if not code.endswith("00")]

    def add(self, serial: int) -> None:
        random = Random(f"{self.options.seed}:person:{serial}")
        kind = CYCLE[serial % len(CYCLE)]
        place = serial // len(CYCLE) * CYCLE.count(kind) + CYCLE[: serial % len(CYCLE)].count(kind)
        sex = random.choice("12")
        card_no, card_code, qrcode = names.card(self.options.seed, serial)
        person = Person(
            party=self.party,
            kind=kind,
            number=f"{self.tag}{serial:05d}",
            name=names.name(serial),
            id_no=names.identity(names.born(random, self.on), serial, sex),
            sex=sex,
            employer=f"{self.tag}{random.randrange(EMPLOYERS):03d}",
            card_no=card_no,
            card_code=card_code,
            qrcode=qrcode,
            card_state=CARDS[place % len(CARDS)],
            card_until=f"{self.on.year + random.randint(1, 9)}1231",
        )
        self.people.append(person)
        self.serial, self.applications = serial, 0
        if kind == "old":
            self._injured_before(person, place, random)
        elif kind == "new":
            self._injured_now(person, place, random)
        elif kind == "cross":
            self._filed(person, place, random)

    def _injured_before(self, person: Person, place: int, random: Random) -> None:
        for number in range(1 + (place % 3 == 1) + (place % 6 == 1)):
            injury = self._injury(person, self.on - timedelta(days=random.randint(200, 2400)), random)
            injury.alca02 = f"{injury.happened_on.year}{self.tag}{self.serial:05d}{number}"
            injury.ala040 = random.choice(("", "", "00", "08", "09", "10"))
            applied = FIRST[place % len(FIRST)] if number == 0 else OTHERS[(place + number) % len(OTHERS)]
            for one in applied:
                self.treatments.append(self._treatment(injury, one, random))
            self.reports.append(self._report(injury, "40", "1", random))

    def _injured_now(self, person: Person, place: int, random: Random) -> None:
        injury = self._injury(person, self.on - timedelta(days=random.randint(8, 20)), random)
        if place % 3 != 2:  # the others' employers have not reported yet (4.6)
            self.reports.append(self._report(injury, ("00", "10", "20")[place % 3], "0", random))

    def _filed(self, person: Person, place: int, random: Random) -> None:
        for number, (aae100, aae016, ala491, starts, ends) in enumerate(FILINGS[place % len(FILINGS)]):
            self.filings.append(
                Filing(
                    person=person,
                    alc011=f"K{self.on.year - 1}{self.tag}{self.serial:05d}{number}",
                    applied_on=self.on + timedelta(days=starts - 3),
                    aae100=aae100,
                    aae016=aae016,
                    starts_on=self.on + timedelta(days=starts),
                    ends_on=self.on + timedelta(days=ends),
                    ala491=ala491,
                    diagnosis=random.choice(PARTS) + random.choice(WOUNDS),
                    part=random.choice(PARTS),
                )
            )

    def _injury(self, person: Person, happened: date, random: Random) -> Injury:
        part = random.choice(PARTS)
        injury = Injury(
            person=person,
            aab001=f"{self.tag}{random.randrange(EMPLOYERS):03d}",
            aab301=random.choice(self.regions),
            happened_on=happened,
            part=part,
            diagnosis=f"{part}{random.choice(WOUNDS)}",
            place=f"在{random.choice(PLACES)}作业时受伤",
            alc027=random.choice(("01", "02", "09")),
        )
        self.injuries.append(injury)
        return injury

    def _treatment(self, injury: Injury, asked: Applied, random: Random) -> Treatment:
        starts = self.on + timedelta(days=asked.starts)
        applied = min(starts, self.on) - timedelta(days=2)
        self.applications += 1
        return Treatment(
            injury=injury,
            aae073=f"{self.tag}{self.serial:05d}{self.applications:02d}",
            akc175=asked.akc175,
            jxzl=asked.jxzl,
            ale021=asked.ale021,
            applied_on=applied,
            decided_on=applied + timedelta(days=1) if asked.akc175 in "12" else None,
            starts_on=starts,
            ends_on=self.on + timedelta(days=asked.ends),
            doctor=random.choice(DOCTORS),
            chief=random.choice(DOCTORS),
            opinion="同意" if asked.akc175 == "1" else "材料不全，退回" if asked.akc175 == "2" else "",
            special_item=asked.special,
        )

    def _report(self, injury: Injury, clc004: str, alc029: str, random: Random) -> Report:
        handled = min(injury.happened_on + timedelta(days=random.randint(1, 6)), self.on)
        return Report(
            injury=injury,
            number=injury.alca02 or f"B{injury.happened_on:%Y%m%d}{self.serial:05d}",
            clc004=clc004,
            alc029=alc029,
            reported_on=min(injury.happened_on + timedelta(days=1), self.on),
            handled_on=handled,
            reporter="栩专员",
            first_aid=str(self.party.institution.get("name", "")) or "急救医院",
        )

    def save(self) -> None:
        for rows in self._in_order():
            type(rows[0])._default_manager.bulk_create(rows)  # type: ignore[arg-type]

    def _in_order(self) -> Iterator[list[Person] | list[Injury] | list[Treatment] | list[Report] | list[Filing]]:
        yield from filter(None, (self.people, self.injuries, self.treatments, self.reports, self.filings))
