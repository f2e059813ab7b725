import pytest
from django.urls import reverse

from portal.web import navigation
from portal.web.checks import navigation_leads_somewhere
from portal.web.dashboard import DashboardPart, OpenTasks, Task, tasks_for
from portal.web.navigation import NavItem


@pytest.fixture
def declare(monkeypatch):
    """Declarations of this test only."""
    monkeypatch.setattr(navigation, "_items", dict(navigation._items))
    return NavItem


def areas(page):
    import re

    return re.findall(r"<use href=\"[^\"]+\"></use></svg><span>([^<]+)</span></a></li>", page)


def test_it_shows_only_areas_with_a_permitted_page(alice, carol, paul, declare, monkeypatch):
    others = {name: item for name, item in navigation._items.items() if item.area != "对账"}
    monkeypatch.setattr(navigation, "_items", others)
    declare("对账", "差异", "web:healthz", "access.members.view")
    assert "对账" not in areas(alice.get("/").content.decode())
    assert "对账" in areas(carol.get("/").content.decode())
    assert "工作台" in areas(alice.get("/").content.decode())


def test_it_marks_where_one_is(alice):
    page = alice.get("/").content.decode()
    assert f'<a href="{reverse("web:dashboard")}" class="current" aria-current="true">' in page


def test_it_makes_tabs_of_an_areas_pages(alice, declare):
    declare("工作台", "进度", "web:drawer", "portal.use", 20)
    page = alice.get("/").content.decode()
    assert '<nav class="page-tabs"' in page
    assert '<a href="/drawer/">进度</a>' in page


@pytest.mark.parametrize(("area", "permission"), [("不存在", "portal.use"), ("工作台", "no.such.permission")])
def test_it_refuses_an_unknown_area_or_permission(declare, area, permission):
    with pytest.raises((ValueError, LookupError)):
        declare(area, "页", "web:drawer", permission)


def test_it_is_refused_at_start_when_it_leads_nowhere(declare):
    assert navigation_leads_somewhere(None) == []
    declare("工作台", "空", "web:no-such-page", "portal.use")
    assert [error.id for error in navigation_leads_somewhere(None)] == ["web.E001"]


def test_it_warns_loudly_in_the_test_environment_only(alice, hospital_a):
    assert "测试环境：数据仅供联调" in alice.get("/").content.decode()
    hospital_a.environment = "production"
    hospital_a.save()
    page = alice.get("/").content.decode()
    assert "测试环境" not in page
    assert "正式环境" in page


def test_it_lists_ones_own_institutions_only(alice):
    page = alice.get("/institutions/").content.decode()
    assert "演示医院甲" in page
    assert "演示医院乙" not in page


def test_it_puts_open_tasks_first_and_leaves_out_empty_ones(alice, alice_member, monkeypatch):
    from portal.web import dashboard

    monkeypatch.setattr(dashboard, "_sources", {})
    monkeypatch.setattr(dashboard, "_parts", {})
    OpenTasks("doubt", "portal.use", lambda member: [Task("结果待确认的申请", "/x/", 3, "doubt"), Task("无", "/y/", 0)])
    OpenTasks("members", "access.members.manage", lambda member: [Task("别人的", "/z/")])
    DashboardPart(10, "portal.use", "parts/empty.html", lambda request: {"sentence": f"{request.member.label}的步骤"})
    assert [task.label for task in tasks_for(alice_member)] == ["结果待确认的申请"]
    page = alice.get("/").content.decode()
    assert page.index("结果待确认的申请") < page.index("经办甲的步骤")
