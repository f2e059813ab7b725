"""The page of the 315 documented errors: found by code, words, initials, heading; exported."""

from django.urls import reverse

from portal.papers.xlsx_reading import read_xlsx


def text(response) -> str:
    assert response.status_code == 200, response.content.decode()[:2000]
    return response.content.decode()


def test_an_error_is_found_by_code_text_initials_and_section(alice):
    page = reverse("injury:error-list")
    assert "315" in text(alice.get(page))
    assert "用户已登录" in text(alice.get(f"{page}?q=21003"))
    assert "用户已登录" in text(alice.get(f"{page}?q=yhydl"))
    found = text(alice.get(f"{page}?q=版本号过期"))
    assert "330039" in found
    assert "没有办理" in found
    doubtful = text(alice.get(f"{page}?definite=no"))
    assert "99999" in doubtful
    assert "51003" not in doubtful
    assert read_xlsx(alice.get(f"{page}?section=登陆&export=xlsx").content)[-1].values[1] == "登陆"
