import json

import pytest
from django.test import Client

pytestmark = pytest.mark.usefixtures("with_list")


def test_it_shows_a_page_with_the_request_number(alice):
    response = alice.get("/no/such/page/")
    assert response.status_code == 404
    page = response.content.decode()
    assert response["X-Request-Id"] in page
    assert "没有找到" in page


def test_it_names_the_permission_that_is_missing(alice):
    response = alice.get("/managers/")
    assert response.status_code == 403
    assert "管理本机构人员" in response.content.decode()


def test_it_shows_no_stack_trace(alice):
    alice.raise_request_exception = False
    response = alice.get("/broken/")
    assert response.status_code == 500
    page = response.content.decode()
    assert "系统出错" in page
    assert response["X-Request-Id"] in page
    assert "ZeroDivisionError" not in page
    assert "a secret detail" not in page


def test_it_explains_an_expired_form(alice_member):
    from tests.cast import signed_in

    client = signed_in(alice_member, enforce_csrf_checks=True)
    response = client.post("/views/save/", {"name": "x"})
    assert response.status_code == 403
    assert "页面已过期" in response.content.decode()


def test_it_answers_hospital_software_with_a_problem():
    response = Client().get("/api/v1/no/such/thing", headers={"accept": "application/json"})
    assert response.status_code == 404
    assert response["Content-Type"].startswith("application/problem+json")
    assert json.loads(response.content)["status"] == 404


@pytest.mark.parametrize("path", ["/", "/no/such/page/", "/admin/", "/jobs-list/"])
def test_it_forbids_inline_scripts_and_styles(alice, path):
    policy = alice.get(path, follow=True)["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("path", ["/", "/no/such/page/", "/jobs-list/", "/drawer/", "/institutions/"])
def test_it_writes_none_of_them(alice, path):
    page = alice.get(path).content.decode()
    assert "<script>" not in page
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page
