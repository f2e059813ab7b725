"""Of the 315 rows of the work-injury error table: which the sandbox answers with, and why not the others."""

from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from injury.messages import documented_errors
from injury.messages.gateway import CODES
from tests.sandbox import injury_refusals as refusals
from tests.sandbox.injury_codes import MISSING, NOT_PLAYED, OF_THE_DOOR, WRONG
from tests.sandbox.injury_hospital import Content, Hospital

DOOR = Path(__file__).with_name("test_sign_in_to_work_injury.py")


def samples(h: Hospital) -> dict[str, Content]:
    """One message of every method that the tables below spoil; only their form matters."""
    number, person = {"akc190": "ZY1"}, {"aac002": "1", "aac003": "没有这个人"}
    h.taken.clear()
    return {
        "getInjuryByNameAndId": person,
        "getCure": {"alca02": "1"},
        "register": h.admission(),
        "regundo": number | {"alca02": "1"},
        "sendMedInfo": number | {"meds": {"med": [h.line()]}},
        "invalidData": number,
        "discharge": number | {"aaca07": "JS1", "rolltype": "0"},
        "leaveHos": h.discharge(number | person),
        "leaveHosUndo": number,
        "getJSSheet": number | {"rolltype": "0"},
        "getPerMed": number,
        "getBSTdjyba": person,
        "offsiteRegister": h.cross_admission(),
        "offsiteRegisterUndo": number | {"alc011": "1"},
        "sendBsMedInfo": number | {"bs004s": {"bs004": [h.cross_line()]}},
        "medInfoInvalidData": number,
        "offsiteLeaveHos": h.cross_discharge(number | person),
        "offsiteLeaveHosUndo": number,
    }


def spoilt(content: Content, path: str, value: str | None) -> Content:
    """A copy with the item replaced, or left out; in every entry of a list."""
    first, _, rest = path.partition(".")
    inner = content.get(first)
    if rest and isinstance(inner, list):
        return content | {first: [spoilt(one, rest, value) for one in inner]}
    if rest:
        inner = content[first]
        below = rest.partition(".")[0]
        if isinstance(inner.get(below), list) and "." in rest:
            changed = [spoilt(one, rest.partition(".")[2], value) for one in inner[below]]
            return content | {first: inner | {below: changed}}
        return content | {first: spoilt(inner, rest, value)}
    return content | {first: value} if value is not None else {k: v for k, v in content.items() if k != first}


def of_the_tables(h: Hospital) -> Iterator[tuple[str, str]]:
    made = samples(h)
    for number, row in enumerate(MISSING.split("\n")[1:-1]):
        code, method, path = row.split()
        yield code, h.code(method, spoilt(made[method], path, ("", None)[number % 2]))
    for row in WRONG.split("\n")[1:-1]:
        code, method, path, value = row.split()
        value = "长" * int(value[1:]) if value.startswith("*") else value
        yield code, h.code(method, spoilt(made[method], path, value))


def test_it_answers_with_the_documented_codes_and_the_rest_has_a_reason(injury_counterpart):
    def hospital(name, **options):
        return Hospital(injury_counterpart(name, options=options))

    strict = hospital("STRICT", seed="shared", undo_with_fees=False, cross_province=False)
    sibling = hospital("SIBLING", seed="shared")
    answers = [
        *of_the_tables(hospital("TABLES")),
        *refusals.admissions(hospital("OWN")),
        *refusals.admissions_elsewhere(hospital("ELSEWHERE")),
        *refusals.fees(hospital("FEES"), cross=False),
        *refusals.fees(hospital("CROSSFEES"), cross=True),
        *refusals.discharges(hospital("LEAVING")),
        *refusals.discharges_elsewhere(hospital("CROSSLEAVING")),
        *refusals.of_the_options(strict, sibling),
        *refusals.without_level(hospital("LEVEL", level="")),
        *refusals.troubles(hospital("TROUBLE")),
    ]
    assert [(wanted, came) for wanted, came in answers if wanted != came] == []
    produced = {code for code, _ in answers}.union(OF_THE_DOOR)
    rows = documented_errors(CODES / "errors.json")
    listed = {row.code for row in rows}
    excused = {row.code for row in rows if any(fnmatch(row.code, one) for one in NOT_PLAYED)}
    assert produced <= listed
    assert [one for one in OF_THE_DOOR if one not in DOOR.read_text()] == [], "no longer proven there"
    assert produced & excused == set(), "an excuse that is not needed any more"
    assert listed - produced - excused == set(), "neither answered with nor excused"
    assert [one for one in NOT_PLAYED if not any(fnmatch(code, one) for code in listed)] == []
    counts = Counter("answered" if row.code in produced else "excused" for row in rows)
    assert (len(rows), counts) == (315, {"answered": 242, "excused": 73})
