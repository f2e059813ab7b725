"""A believable city, made from a seed: institutions and what each is owed in a year. Nobody in it is real.

Amounts are whole cents here; the plays turn them into yuan. The same seed and options give the same city for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

from clearing.sandbox.names import institution_name
from portal.codes import code_list

#: Kind of institution: its share of the city, and the letter its code begins with.
KINDS = (("hospital", 15, "H"), ("clinic", 20, "H"), ("pharmacy", 35, "P"), ("village", 30, "H"))
EMPLOYEES, RESIDENTS = "001", "002"
COAL, ELSEWHERE, LOCAL = "001", "002", "003"
#: The coal company's own sub-centre (B.6): its insured are settled there, wherever they are treated.
COAL_REGION = "140298"


@dataclass(frozen=True, slots=True)
class Options:
    """What a party may ask of its city when it is registered."""

    seed: str
    institutions: int = 320
    broken_rows: int = 3
    first_year: int = 2021
    empty_years: tuple[int, ...] = ()
    most_visits: int = 2400
    magic_rows: bool = False
    #: Whether an approved application may be cancelled after all (8.2: "may be impossible").
    cancel_approved: bool = False
    #: The party's own institution, which takes the first place in its city.
    own: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, app_code: str, institution: dict[str, Any], options: dict[str, Any]) -> Options:
        """Raises ValueError naming an option that does not exist or does not fit."""
        given = dict(options)
        given["empty_years"] = tuple(int(year) for year in given.get("empty_years", ()))
        own = tuple(sorted((name, str(value)) for name, value in institution.items() if value not in (None, "")))
        if unknown := given.keys() - cls.__dataclass_fields__.keys() - {"own"}:
            raise ValueError(f"没有这样的选项：{'、'.join(sorted(unknown))}")
        found = cls(**{"seed": app_code, **given, "own": own})
        if not 1 <= int(found.institutions) <= 20_000 or not 0 <= int(found.broken_rows) <= 100:
            raise ValueError("institutions 应在 1 与 20000 之间，broken_rows 应在 0 与 100 之间")
        return found


@dataclass(frozen=True, slots=True)
class Place:
    """One designated institution."""

    code: str
    name: str
    kind: str
    region: str
    inpatient: bool
    cross_region: bool
    maternity: bool
    size: float


@dataclass(frozen=True, slots=True)
class Line:
    """What one institution is owed for one kind of visit in a year; the three tuples have twelve months, in cents."""

    place: Place
    qsjg00: str
    region: str
    akc191: str
    clr_type: str
    visits: tuple[int, ...]
    fees: tuple[int, ...]
    due: tuple[int, ...]
    paid: tuple[int, ...]
    deduct: int
    score: int  # hundredths


@lru_cache(maxsize=16)
def places(options: Options) -> tuple[Place, ...]:
    """All institutions of the city; the caller's own comes first."""
    random = Random(f"{options.seed}:places")
    regions = [code for code, _ in code_list("clearing.insu_admdvs").choices()]
    found: list[Place] = []
    own = dict(options.own)
    for number in range(options.institutions):
        kind, _, letter = random.choices(KINDS, weights=[share for _, share, _ in KINDS])[0]
        region = regions[number % len(regions)] if number < 2 * len(regions) else random.choice(regions)
        name = institution_name(kind, region, number, random)
        code = f"{letter}{region}9{number:04d}" if number < 10_000 else f"{letter}{region}{number:05d}"
        place = Place(
            code=code,
            name=name,
            kind=kind,
            region=region,
            inpatient=kind == "hospital" or (kind == "clinic" and random.random() < 0.25),
            cross_region=random.random() < {"hospital": 0.5, "pharmacy": 0.1}.get(kind, 0.03),
            maternity=kind == "hospital" and random.random() < 0.4,
            size=random.lognormvariate(0.0, 0.9),
        )
        found.append(_own(place, own) if number == 0 and own else place)
    return tuple(found)


def _own(place: Place, own: dict[str, str]) -> Place:
    yes = {name: own.get(name, "False") in ("True", "true", "1") for name in ("inpatient", "cross_region", "maternity")}
    return Place(
        code=own.get("code", place.code),
        name=own.get("name", place.name),
        kind=own.get("kind", place.kind),
        region=own.get("region", place.region),
        size=1.0,
        **yes,
    )


@lru_cache(maxsize=32)
def lines(options: Options, year: str, aka080: str) -> tuple[Line, ...]:
    """Everything that is owed in a year for one insurance, in a fixed order; empty when nothing was settled."""
    if int(year) in options.empty_years:
        return ()
    found: list[Line] = []
    for place in places(options):
        random = Random(f"{options.seed}:{year}:{aka080}:{place.code}")
        score = min(10_000, int(random.triangular(5200, 10_000, 9300)))
        for qsjg00, share in _agencies(place, aka080, random):
            for akc191, clr_type, cents, visits in _services(place, aka080, random):
                found.append(_line(options, place, qsjg00, share, akc191, clr_type, cents, visits, score, random))
    return tuple(found)


def _agencies(place: Place, aka080: str, random: Random) -> list[tuple[str, float]]:
    """Agencies that settle with this institution, and the share of its visits."""
    coal = 0.9 if place.region == COAL_REGION else 0.25 if aka080 == EMPLOYEES else 0.08
    agencies = [(LOCAL, 1.0)]
    if random.random() < coal:
        agencies.append((COAL, 0.4))
    if place.cross_region:
        agencies.append((ELSEWHERE, 0.15))
    return agencies


def _services(place: Place, aka080: str, random: Random) -> list[tuple[str, str, int, int]]:
    """(visit type, clearing category, cents of fund per visit, visits a year) of one institution."""
    dearer = 1.0 if aka080 == EMPLOYEES else 0.7
    offered: list[tuple[str, str, int, int, float]] = {
        "hospital": [
            ("001", "11", 14_000, 1600, 1.0),
            ("002", "21", 620_000, 700, 1.0),
            ("002", "27", 480_000, 60, 0.3),
            ("002", "28", 310_000, 90, 0.15),
            ("001", "12", 900, 1100, 0.2),
            ("001", "16", 9_500, 240, 0.2),
            ("001", "51", 30_000, 12, 0.05),
            ("003", "14", 38_000, 420, 0.7),
        ],
        "clinic": [("001", "11", 7_000, 500, 1.0), ("001", "15", 4_500, 260, 0.4)],
        "pharmacy": [("001", "41", 5_200, 900, 1.0)],
        "village": [("001", "11", 2_600, 300, 1.0), ("001", "15", 3_400, 160, 0.5)],
    }[place.kind]
    if place.kind == "clinic" and place.inpatient:
        offered.append(("003", "14", 22_000, 120, 1.0))
    if place.maternity:
        offered += [("005", "21", 410_000, 130, 1.0), ("001", "53", 16_000, 220, 1.0)]
    return [
        (akc191, clr_type, int(cents * dearer), visits)
        for akc191, clr_type, cents, visits, likely in offered
        if random.random() < likely
    ]


def _line(
    options: Options,
    place: Place,
    qsjg00: str,
    share: float,
    akc191: str,
    clr_type: str,
    cents: int,
    visits: int,
    score: int,
    random: Random,
) -> Line:
    yearly = max(3, min(options.most_visits, int(visits * share * place.size * random.uniform(0.7, 1.3))))
    dear = min(12.0, max(0.6, place.size * random.uniform(0.8, 1.4)))
    weights = [random.uniform(0.7, 1.3) * season for season in SEASONS]
    counts = share_out(yearly, weights)
    due = tuple(max(n, int(n * cents * dear * random.uniform(0.9, 1.1))) if n else 0 for n in counts)
    if (small := sum(due)) < SMALLEST:
        due = tuple(month * SMALLEST // small for month in due)
    fees = tuple(int(month / random.uniform(0.55, 0.8)) for month in due)
    paid = tuple(month * 90 // 100 for month in due)
    odd = random.random()
    # A few institutions lost more to deductions than is left: they pay back (disbursement below zero).
    deduct = sum(due) * 7 // 100 if odd < 0.02 else int(sum(due) * random.uniform(0, 0.006)) if odd < 0.5 else 0
    region = COAL_REGION if qsjg00 == COAL else place.region
    return Line(place, qsjg00, region, akc191, clr_type, tuple(counts), fees, due, paid, deduct, score)


#: No row is owed less than about a thousand yuan a year, in cents.
SMALLEST = 100_100
#: More people fall ill in winter; few come during the spring festival.
SEASONS = (1.15, 0.8, 1.1, 1.0, 0.95, 0.9, 0.9, 0.92, 0.98, 1.02, 1.1, 1.18)


def share_out(total: int, weights: list[float]) -> list[int]:
    """Whole parts in proportion to the weights that add up to `total`."""
    so_far, given, parts = 0.0, 0, []
    for weight in weights:
        so_far += weight
        upto = round(total * so_far / sum(weights))
        parts.append(upto - given)
        given = upto
    return parts
