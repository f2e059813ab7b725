"""Certificates by the four ways of the access guide, and how far a check medium reaches: rules alone."""

from datetime import date

import pytest

from portal.gateway.national.control.reach import covers, is_spent, last_of
from settlement.rules.identity import Certificate, Way, WrongCertificate, check_digit, read_line, shown

TODAY = date(2025, 3, 1)
FIRST = "99000019900101123"
NUMBER = FIRST + check_digit(FIRST)


def faults(way, **given):
    with pytest.raises(WrongCertificate) as caught:
        shown(way, given, TODAY)
    return dict(caught.value.faults)


@pytest.mark.parametrize(
    ("way", "given", "wire"),
    [
        (Way.VOUCHER, {"code": "320000ABC123"}, {"mdtrt_cert_type": "01", "mdtrt_cert_no": "320000ABC123"}),
        (Way.IDENTITY, {"identity": NUMBER.lower()}, {"mdtrt_cert_type": "02", "mdtrt_cert_no": NUMBER}),
        (Way.CARD, {"identity": f" {NUMBER} "}, {"mdtrt_cert_type": "02", "mdtrt_cert_no": NUMBER}),
        (
            Way.CROSS_CARD,
            {"card": "X00000019", "card_sn": "990000D156", "identity": NUMBER, "name": "患者乙"},
            {
                "mdtrt_cert_type": "03",
                "mdtrt_cert_no": "X00000019",
                "card_sn": "990000D156",
                "psn_cert_type": "1",
                "certno": NUMBER,
                "psn_name": "患者乙",
            },
        ),
        (
            Way.PAPER,
            {"document": "H1234567"},
            {
                "mdtrt_cert_type": "03",
                "mdtrt_cert_no": "H1234567",
                "card_sn": "H1234567",
                "psn_cert_type": "99",
                "certno": "H1234567",
            },
        ),
    ],
)
def test_each_way_is_what_the_guide_writes(way, given, wire):
    made = shown(way, given, TODAY)
    assert made.wire() == wire
    assert Certificate.of_wire(wire, TODAY) == made
    assert NUMBER not in repr(made)


def test_everything_that_is_wrong_is_said_at_once():
    assert faults(Way.CROSS_CARD).keys() == {"card", "card_sn", "identity"}
    assert "校验码" in faults(Way.IDENTITY, identity=FIRST + ("0" if NUMBER[17] != "0" else "1"))["identity"]
    assert "18 位" in faults(Way.IDENTITY, identity="123")["identity"]
    assert "出生日期" in faults(Way.IDENTITY, identity="990000209901011234")["identity"]
    assert faults(Way.CROSS_CARD, card="X" * 60, card_sn="1", identity="1").keys() == {"card", "identity"}
    assert "扫码枪" in faults(Way.VOUCHER, code="１２３４５６７８")["code"]


@pytest.mark.parametrize(
    ("wire", "wrong"),
    [
        ({"mdtrt_cert_type": "04", "mdtrt_cert_no": "1"}, {"mdtrt_cert_type"}),
        ({"mdtrt_cert_type": "01"}, {"mdtrt_cert_no"}),
        ({"mdtrt_cert_type": "02", "mdtrt_cert_no": "1", "card_sn": "1"}, {"mdtrt_cert_no", "card_sn"}),
        ({"mdtrt_cert_type": "03", "mdtrt_cert_no": "1"}, {"card_sn", "psn_cert_type", "certno"}),
        (
            {"mdtrt_cert_type": "03", "mdtrt_cert_no": "A", "card_sn": "B", "psn_cert_type": "99", "certno": "A"},
            {"certno"},
        ),
        (
            {"mdtrt_cert_type": "03", "mdtrt_cert_no": "A", "card_sn": "B", "psn_cert_type": "1", "certno": "9"},
            {"certno"},
        ),
    ],
)
def test_only_legal_combinations_pass(wire, wrong):
    with pytest.raises(WrongCertificate) as caught:
        Certificate.of_wire(wire, TODAY)
    assert {field for field, _ in caught.value.faults} == wrong


def test_lines_of_readers_are_read():
    line = "1|639900|111111190000000000|X00000019|639900D15600000500BF7C7A48FB4966|患者乙|00814E|1.00|20101001||终端|"
    found = {"identity": "111111190000000000", "card": "X00000019", "name": "患者乙"}
    assert read_line(line) == {**found, "card_sn": "639900D15600000500BF7C7A48FB4966"}
    assert read_line(line[2:]) == read_line(line)
    assert read_line("11010119900101123x^患者乙^女^汉^") == {"identity": "11010119900101123X", "name": "患者乙"}
    assert read_line("320000ABC123") == {}


@pytest.mark.parametrize(
    ("obtained", "code", "kind", "reaches"),
    [
        ("2207A", "1101", "outpatient", True),
        ("2207A", "2206A", "outpatient", True),
        ("2207A", "2201", "outpatient", True),
        ("2207A", "2208", "outpatient", False),
        ("2201", "2201", "outpatient", True),
        ("2201", "1101", "outpatient", False),
        ("2201", "2204", "outpatient", False),
        ("2206A", "2201", "outpatient", False),
        ("2102A", "1101", "pharmacy", True),
        ("2102A", "2101A", "pharmacy", True),
        ("2102A", "2207A", "pharmacy", False),
        ("2207A", "1101", "pharmacy", False),
        ("2208", "1101", "outpatient", True),
        ("2304A", "2304A", "inpatient", True),
        ("2304A", "1101", "inpatient", False),
        ("1101", "1101", "inpatient", True),
    ],
)
def test_a_medium_reaches_back_from_the_last_transaction_only(obtained, code, kind, reaches):
    assert covers(obtained, code, kind) is reaches


def test_a_medium_ends_with_what_it_was_obtained_for_and_an_inpatients_with_its_first_use():
    assert not is_spent("2207A", "2206A", "outpatient", ["1101", "2201"])
    assert is_spent("2207A", "2206A", "outpatient", ["1101", "2207A"])
    assert is_spent("2304A", "2304A", "inpatient", ["2304A"])
    assert [last_of("1101", kind) for kind in ("pharmacy", "outpatient", "inpatient")] == ["2102A", "2207A", "1101"]
    assert last_of("2208", "outpatient") == "2208"
