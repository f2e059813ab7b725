"""The help: topics, search, dictionaries; and the "?" of a page leads to the section that explains it."""

import re
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from portal.access.door import tenant_tx
from portal.audit.models import Event
from portal.codes import code_lists
from portal.codes.initials import initials
from portal.web.manual import topic, topics
from portal.web.manual.searching import search, sections


def text(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_it_lists_every_topic_and_dictionary(alice, paul):
    for client in (alice, paul):
        page = text(client.get("/help/"))
        assert all(one.url in page for one in topics())
        assert all(reverse("web:help-codes", args=[one.scope, one.name]) in page for one in code_lists())


def test_every_topic_opens(alice):
    for one in topics():
        page = text(alice.get(one.url))
        assert f"<h2>{one.title}</h2>" in page
        assert '<nav class="help-contents' not in text(alice.get(f"{one.url}?part=1"))
    assert alice.get("/help/nothing/").status_code == 404
    assert alice.get("/help/codes/clearing/nothing/").status_code == 404


@pytest.mark.parametrize(
    ("page", "leads_to"),
    [
        ("/", "/help/start/#desk"),
        ("/log/", "/help/log/#browse"),
        ("/clearing/generations/", "/help/clearing-data/#generate"),
        ("/clearing/verification/", "/help/clearing-verification/#verify"),
    ],
)
def test_the_question_mark_leads_to_the_section(alice, page, leads_to):
    assert f'href="{leads_to}"' in text(alice.get(page))


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("端口", "打不开门户，或说端口被占用"),
        ("密码", "修改密码"),
        ("2003", "代码、原因和下一步"),
        ("pcq", "140213 平城区"),
        ("140213", "140213 平城区"),
        ("JKMY", "140298 晋控煤业分中心"),
        ("撤销 审核通过", "撤销清算申请"),
        ("按人头付费", "规则"),
        ("10.30.22.117", "清算接口的预设地址"),
    ],
)
def test_it_finds(alice, query, title):
    assert title in [hit.title for hit in search(query)]
    assert title in text(alice.get("/help/", {"q": query}))


def test_it_says_so_when_nothing_is_found(alice):
    page = text(alice.get("/help/", {"q": "<b>没有的东西"}))
    assert "没有找到" in page
    assert "<b>没有" not in page
    assert search("") == []


def test_it_shows_around_what_was_found():
    hit = next(hit for hit in search("netstat") + search("下载目录") if hit.found)
    assert hit.found == "下载目录"
    assert hit.before
    assert len(hit.after) <= 91


def test_every_anchor_is_there_once():
    for one in topics():
        anchors = [section.anchor for section in sections() if section.topic is one]
        assert len(anchors) == len(set(anchors)), one.name
        assert {one.section_of(page.partition("#")[0]) for page in one.pages} <= set(anchors)


def test_links_inside_the_help_lead_somewhere(alice):
    parts = "".join(text(alice.get(f"{one.url}?part=1")) for one in topics())
    links = set(re.findall(r'href="(/help/[^"#]+)(?:#[^"]*)?"', parts))
    assert len(links) > 5
    assert {link: code for link in links if (code := alice.get(link).status_code) != 200} == {}


def test_a_dictionary_is_searched_and_exported(alice, hospital_a):
    page = text(alice.get("/help/codes/clearing/insu_admdvs/?q=yz"))
    assert "140215" in page
    assert "140213" not in page
    assert "没有符合条件的代码" in text(alice.get("/help/codes/clearing/insu_admdvs/?q=zzz"))
    answer = alice.get("/help/codes/clearing/insu_admdvs/export/")
    sheet: Any = load_workbook(BytesIO(answer.content)).active
    rows = [row[:2] for row in sheet.iter_rows(values_only=True)]
    assert ("140299", "大同市市本级") in rows
    with tenant_tx(hospital_a.pk):
        assert "数据字典 统筹区代码" in Event.objects.latest("seq").sentence


@pytest.mark.parametrize(
    ("words", "letters"),
    [("平城区", "pcq"), ("城镇职工", "czzg"), ("SM2 公钥", "sm2gy"), ("门诊慢特病", "mzmtb"), ("𬱖甲", "j"), ("", "")],
)
def test_it_knows_initials(words, letters):
    assert initials(words) == letters


def test_a_topic_nobody_declared_is_an_error():
    with pytest.raises(LookupError):
        topic("nothing")
