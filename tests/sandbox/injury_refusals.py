"""What has to happen so that the centre answers with a code of its own: (code, what was answered), in order."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tests.sandbox.injury_hospital import Content, Hospital, advice, as_cross, days

Answers = Iterator[tuple[str, str]]
NOBODY = {"akc190": "ZY-NOBODY"}


def admissions(h: Hospital) -> Answers:
    """4.4, 4.8, 4.9."""

    def register(fit: str = "inpatient", **changes: Any) -> str:
        h.taken.clear()
        return h.code("register", h.admission(fit, **changes))

    yield "190002", h.code("getCure", {"alca02": "NOBODY"})
    yield "51017", register(aac003="没有这个人")
    yield "51012", register(alca02=None)
    yield "51017", register(alca02="2099NOBODY")
    yield "190002", register(aae073=None)
    yield "190002", register(akc192=days(-100))
    yield "1004", register(alk024=None)
    yield "51015", register(alc028="T14.900,ABC")
    yield "51020", register(akc192=days(1))
    yield "51018", register("new", akc192=days(-30))
    yield "1004", register(akc192="2026-02-30")
    stay = h.admit()
    yield "51014", register(akc190=stay["akc190"])
    yield "51013", h.code("register", {"isnewinjure": "0", "kc21": stay | {"akc190": "ZY-SECOND"}})
    own = {"akc190": stay["akc190"], "alca02": stay["alca02"]}
    yield "61007", h.code("regundo", own | NOBODY)
    yield "61003", h.code("regundo", {"akc190": stay["akc190"]})
    yield "61008", h.code("regundo", own | {"alca02": "2099NOBODY"})
    yield "0", h.code("regundo", own)
    yield "61007", h.code("regundo", own)
    left = h.discharged()
    yield "61005", h.code("regundo", {"akc190": left["akc190"], "alca02": left["alca02"]})


def admissions_elsewhere(h: Hospital) -> Answers:
    """4.21 to 4.23."""

    def register(fit: str = "cross", **changes: Any) -> str:
        h.taken.clear()
        return h.code("offsiteRegister", h.cross_admission(fit, **changes))

    yield "300004", h.code("getBSTdjyba", {"aac002": "1", "aac003": "没有这个人"})
    yield "310007", register(akc200=None)
    yield "310009", register(akc199=None)
    yield "310022", register(aae030=days(1))
    yield "310018", register("cross_refused")
    yield "310018", register(alc011="NOBODY")
    stay = h.admit("cross")
    again = {"bs003WS": stay | {"akc190": "YD-SECOND"}}
    yield "310020", h.code("offsiteRegister", {"bs003WS": stay})
    yield "310019", h.code("offsiteRegister", again)
    own = {"akc190": stay["akc190"]}
    yield "320002", h.code("offsiteRegisterUndo", NOBODY)
    yield "320005", h.code("offsiteRegisterUndo", own | {"alc011": "NOBODY"})
    h.upload(stay, h.cross_line()).require()
    yield "320004", h.code("offsiteRegisterUndo", own)
    h.approve(stay).require()
    h.ask("offsiteLeaveHos", h.cross_discharge(stay)).require()
    yield "310021", h.code("offsiteRegister", again)
    h.act("audit", akc190=stay["akc190"])
    yield "320003", h.code("offsiteRegisterUndo", own)
    yield "340005", h.code("medInfoInvalidData", own)
    yield "91005", h.approve(stay).code
    yield "360003", h.code("offsiteLeaveHosUndo", own)


def fees(h: Hospital, *, cross: bool) -> Answers:
    """4.10, or 4.24 with its own codes for the same."""
    stay = h.admit("cross" if cross else "inpatient")
    other = h.admit("inpatient" if cross else "cross")
    drug, treatment = h.item("0"), h.item("1")
    send = "sendBsMedInfo" if cross else "sendMedInfo"

    def form(line: Content, ala012: str) -> Content:
        return as_cross(line, ala012) if cross else line

    def code(*lines: Content, advices: list[Content] | None = None, to: Content = stay) -> str:
        node = {"bs004s": {"bs004": list(lines)}} if cross else {"meds": {"med": list(lines)}}
        noted = {} if advices is None else {"advices": {"advice": advices}}
        return h.code(send, {"akc190": to["akc190"]} | (node if lines else {}) | noted)

    def of(own: str, elsewhere: str) -> str:
        return elsewhere if cross else own

    def line(quantity: int = 2, **changes: Any) -> Content:
        return form(h.line(drug, quantity, **changes), "02")

    def outside(**changes: Any) -> Content:
        return form(h.outside(**changes), "02")

    yield of("81001", "330001"), code(line(), to=NOBODY)
    yield of("81006", "330006"), code(line(), to=other)
    yield of("81003", "330003"), code()
    yield of("81004", "330004"), code(line(aae080="YZ9"))
    for own, elsewhere, item in (
        ("81015", "330017", "aae080"),
        ("81016", "330018", "alk009"),
        ("81017", "330019", "alk016"),
        ("81018", "330020", "alk017"),
    ):
        yield of(own, elsewhere), code(advices=[advice(**dict[str, Any]({item: None}))])
    yield of("81029", "330031"), code(advices=[advice(alk007="2025/01/01")])
    yield of("81030", "330032"), code(advices=[advice(alk009="长" * 2001)])
    yield "0", code(advices=[advice()])
    yield of("81033", "330035"), code(line(aae080=None))
    yield of("81033", "330035"), code(line(aae080="YZ9"))
    yield of("81023", "330014"), code(line(0))
    yield of("81022", "330024"), code(line(-1, alc407=drug["price"]))
    yield of("81023", "330025"), code(line(alc407="-1"))
    yield of("81023", "330025"), code(line(alc407=str(Decimal(drug["price"]) * 2 + 1)))
    yield of("81021", "330023"), code(line(-1))
    yield "0", code(line(2))
    yield of("81020", "330022"), code(line(-3))
    yield "0", code(line(-2))
    yield of("81020", "330022"), code(line(-1))
    yield "990009", code(line(alc402="NOBODY"))
    yield of("81024", "330026"), code(outside(aka063=None))
    yield of("81025", "330027"), code(outside(aka065=None))
    yield of("81026", "330028"), code(outside(aka065="1"))
    yield of("81027", "330029"), code(form(h.outside(alc404="1"), "01"))
    yield of("81038", "330040"), code(outside(noinjury="1"))
    yield of("81035", "330037"), code(line(spreason="1"))
    yield "0", code(outside(spreason="1"))
    yield of("81028", "330039"), code(line(vmed="77"))
    yield of("81028", "330039"), code(form(h.line(h.item("1", valid=False, grade="123")), "01"))
    yield "1004", code(line(zka100=None))
    yield "0", code(form(h.line(treatment), "01"), line(noinjury="1"))
    h.act("restrict", akc190=stay["akc190"])
    yield of("81028", "330030"), code(line())
    h.act("restrict", akc190=stay["akc190"], open=True)
    h.approve(stay).require()
    leave = ("offsiteLeaveHos", h.cross_discharge(stay)) if cross else ("leaveHos", h.discharge(stay))
    h.ask(*leave).require()
    yield of("81005", "330005"), code(line())
    void = "medInfoInvalidData" if cross else "invalidData"
    empty = h.admit("cross_rehabilitation" if cross else "new")
    yield of("130003", "340003"), h.code(void, NOBODY)
    yield of("130001", "340001"), h.code(void, {"akc190": stay["akc190"]})
    yield of("130004", "340004"), h.code(void, {"akc190": empty["akc190"]})
    yield "91006", h.approve(empty).code
    yield "91004", h.approve(stay).code
    yield "91003", h.approve(NOBODY).code


def discharges(h: Hospital) -> Answers:
    """4.13, 4.14, 4.16, 4.18."""
    stay, fresh, cross = h.charged(), h.admit("new"), h.admit("cross")
    total = str(h.approve(stay).require().alc407)

    def leave(**changes: Any) -> str:
        return h.code("leaveHos", h.discharge(stay, **changes))

    def billed(*invoices: Content) -> str:
        return leave(km12s={"km12": list(invoices)})

    yield "110009", leave(**NOBODY)
    yield "110013", leave(akc190=cross["akc190"])
    yield "110011", leave(aac002="1")
    yield "110012", leave(aac003="没有这个人")
    yield "110014", leave(akc196="腿断了")
    yield "110017", leave(akc194=days(-6))
    yield "110017", leave(akc194=days(1))
    yield "110018", leave(ints="-1")
    yield "110019", leave(ints="7")
    yield "110020", h.code("leaveHos", h.discharge(fresh))
    yield "110016", leave(akc194=days(-4), ints="1")
    yield "1004", leave(km03s=None)
    yield "110023", billed(h.invoice(total, body=None))
    yield "110023", billed(h.invoice(total, invoiceMoney=None))
    yield "110026", billed(h.invoice(total, invoiceType="png"))
    yield "110026", billed(h.invoice(total, body="iVBORw0KGgo="))
    yield "110024", billed(h.invoice(total, body="JVBERi+/"))
    yield "110025", billed(h.invoice("1"))
    twice = h.invoice(total)
    yield "110023", billed(twice, twice)
    h.upload(stay, h.outside()).require()
    yield "110008", leave()
    total = str(h.approve(stay).require().alc407)
    h.act("publish", code=h.item()["code"])
    yield "110022", leave()
    h.known.clear()
    stay = h.charged("rehabilitation")
    total = str(h.approve(stay).require().alc407)
    own = {"akc190": stay["akc190"]}
    paper = own | {"file": "JVBERi0xLjcK", "invoiceType": "pdf", "invoiceNo": "FP-1", "invoiceMoney": "1"}
    paper |= {"rolltype": "0", "filetype": "01"}
    yield "120002", h.code("saveInvoice", paper)
    yield "120002", h.code("leaveHosUndo", own)
    yield "0", leave()
    yield "110010", leave()
    yield "110009", h.code("saveInvoice", paper | NOBODY)
    yield "350029", h.code("saveInvoice", paper | {"invoiceType": "png"})
    yield "110025", h.code("saveInvoice", paper | {"invoiceMoney": str(Decimal(total) + 1)})
    yield "0", h.code("saveInvoice", paper)
    yield "110023", h.code("saveInvoice", paper)
    yield "110023", h.code("saveInvoice", paper | {"invoiceNo": ""})
    h.act("close", akc190=stay["akc190"])
    yield "120003", h.code("saveInvoice", paper | {"invoiceNo": "FP-2"})
    yield "120003", h.code("leaveHosUndo", own)
    h.act("close", akc190=stay["akc190"], open=True)
    yield "0", h.code("leaveHosUndo", own)
    yield "240002", h.code("getJSSheet", NOBODY | {"rolltype": "0"})
    yield "240002", h.code("getPerMed", NOBODY)
    yield "230003", h.code("getPerDetail", NOBODY)


def discharges_elsewhere(h: Hospital) -> Answers:
    """4.26, 4.27."""
    stay, fresh = h.charged("cross"), h.admit("cross_rehabilitation")
    total = str(h.approve(stay).require().alc407)
    own = {"akc190": stay["akc190"]}

    def leave(**changes: Any) -> str:
        return h.code("offsiteLeaveHos", h.cross_discharge(stay, **changes))

    def billed(**changes: Any) -> str:
        return leave(bskm12s={"bskm12": [h.invoice(total, **{"invoiceType": None, "filetype": "01"} | changes)]})

    yield "350010", leave(**NOBODY)
    yield "350015", leave(akc194="腿断了")
    yield "350017", leave(aae031=days(-6))
    yield "1004", leave(aae031=days(1))
    yield "350009", leave(ints="-1")
    yield "350012", h.code("offsiteLeaveHos", h.cross_discharge(fresh))
    for code, node in (
        ("350018", "km02"),
        ("350019", "km03"),
        ("350021", "km05"),
        ("350020", "km04"),
        ("350022", "km06"),
        ("350023", "km07"),
        ("350024", "km08"),
        ("350025", "km09"),
    ):
        yield code, leave(**{f"bs{node}s": {f"bs{node}": [{}]}})
    yield "350018", leave(bskm02s=None)
    yield "350028", billed(filetype=None)
    yield "350029", billed(body="bm9wZQ==")
    yield "350027", billed(body="JVBERi+/")
    yield "350026", billed(invoiceMoney="1")
    yield "360002", h.code("offsiteLeaveHosUndo", NOBODY)
    yield "360004", h.code("offsiteLeaveHosUndo", own)
    h.upload(stay, as_cross(h.outside(), "02")).require()
    yield "350014", leave()
    h.approve(stay).require()
    yield "0", leave()
    yield "350011", leave()
    h.ask("offsiteLeaveHosUndo", own).require()
    h.act("publish", code=h.item()["code"])
    yield "350013", leave()


def of_the_options(strict: Hospital, sibling: Hospital) -> Answers:
    """What only another kind of institution meets: `strict` may do little, `sibling` shares its centre."""
    stay = strict.admit()
    yield "310017", strict.code("offsiteRegister", strict.cross_admission())
    yield "81007", sibling.upload(stay, sibling.line()).code
    yield "330007", sibling.upload(stay | {"alc011": "1"}, sibling.cross_line()).code
    yield "0", strict.upload(stay, strict.line()).code
    yield "61006", strict.code("regundo", {"akc190": stay["akc190"], "alca02": stay["alca02"]})


def without_level(h: Hospital) -> Answers:
    """An institution whose level is not kept in the centre's platform."""
    yield "81036", h.upload(h.admit(), h.line()).code
    yield "330038", h.upload(h.admit("cross"), h.cross_line()).code


def troubles(h: Hospital) -> Answers:
    """The centre's own storage fails: answers that say nothing about what happened."""
    for code, method, content in (
        ("51016", "register", h.admission()),
        ("61009", "regundo", NOBODY),
        ("81019", "sendMedInfo", NOBODY | {"meds": {"med": [h.line()]}}),
        ("110021", "leaveHos", None),
        ("310023", "offsiteRegister", h.cross_admission()),
        ("330021", "sendBsMedInfo", NOBODY | {"bs004s": {"bs004": [h.cross_line()]}}),
        ("330041", "sendBsMedInfo", NOBODY | {"bs004s": {"bs004": [h.cross_line()]}}),
        ("99999", "getCureBatch", {}),
    ):
        h.act("trouble", method=method, code=code)
        record = {"akc190": "1", "aac002": "1", "aac003": "1"}
        yield code, h.code(method, h.discharge(record) if content is None else content)
    h.act("trouble")
    yield "61007", h.code("regundo", NOBODY)
