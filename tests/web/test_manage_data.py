"""Django admin behind the gate."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.urls import path

from portal.access.door import platform_tx, tenant_tx
from portal.access.models import Institution, User
from portal.audit.models import Event
from portal.jobs.models import Job
from portal.web.admin_kit import PortalAdmin
from portal.web.site import PortalAdminSite
from tests.web.job_list import make_jobs

PLATFORM_PAGES = ["/admin/access/institution/", "/admin/access/user/", "/admin/access/membership/"]

site = PortalAdminSite(name="admin")


class JobAdmin(PortalAdmin):
    view_permission = "portal.use"
    change_permission = "access.members.manage"
    list_display = ("key", "title", "state")
    fields = ("title", "note")


site.register(Job, JobAdmin)


@pytest.fixture
def job_admin(settings):
    """The portal, with an admin site that shows an institution's jobs."""
    import portal.urls

    class Urls:
        urlpatterns = [path("admin/", site.urls), *portal.urls.urlpatterns]

    settings.ROOT_URLCONF = Urls
    return "/admin/jobs/job/"


@pytest.mark.parametrize("address", PLATFORM_PAGES)
def test_it_opens_to_the_platform_only(paul, dora, client, address):
    assert paul.get(address).status_code == 200
    assert dora.get(address).status_code == 403
    assert client.get(address).status_code == 302


def test_it_has_no_sign_in_of_its_own(client, db):
    assert client.get("/admin/login/")["Location"].startswith("/sign-in/")


def test_it_lists_only_what_one_may_open(paul, alice):
    page = paul.get("/admin/").content.decode()
    assert "机构" in page
    assert "Django Q" not in page
    assert "Axes" not in page


def test_it_takes_no_page_that_does_not_go_through_the_gate():
    assert all(isinstance(model_admin, PortalAdmin) for model_admin in admin.site._registry.values())


def test_it_names_a_gate_on_every_page():
    from django.urls import URLResolver

    def walk(patterns):
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            else:
                yield pattern

    assert [p for p in walk(admin.site.get_urls()) if not hasattr(p.callback, "gate")] == []


def test_it_shows_an_institutions_rows_inside_its_own_door(job_admin, dora, hospital_a, hospital_b):
    with tenant_tx(hospital_a.pk):
        make_jobs(1, title="自家的事")
    with tenant_tx(hospital_b.pk):
        [foreign] = make_jobs(1, title="别家的事")
    page = dora.get(job_admin).content.decode()
    assert "自家的事" in page
    assert "别家的事" not in page
    missing = dora.get(f"{job_admin}{foreign.pk}/change/")
    assert missing.status_code == 302
    assert missing["Location"] == "/admin/"


def test_it_shows_the_platform_no_institutions_rows(job_admin, paul, hospital_a):
    assert paul.get(job_admin).status_code == 403


def test_it_lets_only_who_may_change(job_admin, alice, dora, hospital_a):
    with tenant_tx(hospital_a.pk):
        [job] = make_jobs(1)
    address = f"{job_admin}{job.pk}/change/"
    assert alice.get(address).status_code == 200
    assert alice.post(address, {"title": "新的", "note": ""}).status_code == 403
    assert dora.post(address, {"title": "新的", "note": ""}).status_code == 302
    with tenant_tx(hospital_a.pk):
        assert Job.objects.get().title == "新的"
        event = Event.objects.filter(action="web.row.changed").latest("seq")
    assert "事项：第 0 件 → 新的" in event.sentence
    assert "新的" in dora.get(f"{job_admin}{job.pk}/history/").content.decode()


def test_it_writes_to_our_audit_and_not_to_djangos_log(paul, hospital_a):
    fields = {"name": "改名医院", "kind": "hospital", "region": "140200", "level": "三级", "is_active": "on"}
    response = paul.post(f"/admin/access/institution/{hospital_a.pk}/change/", fields)
    assert response.status_code == 302
    assert Institution.objects.get(pk=hospital_a.pk).name == "改名医院"
    assert not LogEntry.objects.exists()
    with tenant_tx(hospital_a.pk):
        mine = Event.objects.filter(chain=hospital_a.pk, action="web.row.changed").latest("seq")
    with platform_tx():
        theirs = Event.objects.filter(chain=0, action="web.row.changed").latest("seq")
    for event in (mine, theirs):
        assert "机构名称：演示医院甲 → 改名医院" in event.sentence


def test_it_gives_a_new_person_a_password_shown_once(paul):
    response = paul.post("/admin/access/user/add/", {"username": "neu", "full_name": "新人"})
    assert response.status_code == 200
    user = User.objects.get(username="neu")
    password = response.context["password"]
    assert user.check_password(password)
    assert user.must_change_password
    assert not user.is_platform_admin
    assert password not in paul.get("/admin/access/user/").content.decode()
    assert "messages" not in response.cookies


def test_it_cannot_make_a_platform_administrator(paul, alice_member):
    address = f"/admin/access/user/{alice_member.user.pk}/change/"
    paul.post(address, {"full_name": "经办甲", "is_active": "on", "is_platform_admin": "on"})
    assert not User.objects.get(pk=alice_member.user.pk).is_platform_admin


def test_it_changes_no_roles(paul, alice_member):
    assert paul.get("/admin/access/membership/add/").status_code == 403
    with platform_tx():
        membership = alice_member.user.memberships.get()
    assert paul.post(f"/admin/access/membership/{membership.pk}/change/", {"is_active": ""}).status_code == 403
