import pytest
from django.http import QueryDict

from portal.access.door import tenant_tx
from portal.web.models import SavedView

pytestmark = pytest.mark.usefixtures("with_list", "jobs")
SAVE = {
    "page": "tests.jobs",
    "name": "待办的",
    "query": "search=K0000&sort=-done&columns=key&columns=done&after=x&export=xlsx",
}


def saved(client, **changes):
    return client.post("/views/save/", {**SAVE, "back": "/jobs-list/", **changes})


def only_view(hospital):
    with tenant_tx(hospital.pk):
        return SavedView.objects.get()


def test_it_shows_the_list_as_it_was_saved(alice, hospital_a):
    response = saved(alice)
    view = only_view(hospital_a)
    params = QueryDict(response["Location"].partition("?")[2])
    assert response["Location"].startswith("/jobs-list/?")
    assert (params["search"], params["sort"], params["view"]) == ("K0000", "-done", str(view.pk))
    assert params.getlist("columns") == ["key", "done"]
    assert "after" not in params
    assert "export" not in params
    assert "待办的" in alice.get(response["Location"]).content.decode()


def test_it_replaces_a_view_of_the_same_name(alice, hospital_a):
    saved(alice)
    saved(alice, query="search=K00001")
    assert only_view(hospital_a).query == "search=K00001"


def test_it_is_seen_by_colleagues_only_when_shared(alice, bob, charlie):
    saved(alice)
    assert "待办的" not in bob.get("/jobs-list/").content.decode()
    saved(alice, shared="on")
    assert "待办的" in bob.get("/jobs-list/").content.decode()
    assert "待办的" not in charlie.get("/jobs-list/").content.decode()


def test_it_is_deleted_by_its_owner_only(alice, bob, hospital_a):
    saved(alice, shared="on")
    view = only_view(hospital_a)
    assert bob.post(f"/views/{view.pk}/delete/", {"back": "/jobs-list/"}).status_code == 404
    assert alice.post(f"/views/{view.pk}/delete/", {"back": "/jobs-list/"}).status_code == 302
    with tenant_tx(hospital_a.pk):
        assert not SavedView.objects.exists()


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", "\\\\x"])
def test_it_never_leads_to_another_site(alice, back):
    location = saved(alice, back=back)["Location"]
    assert location.startswith("/")
    assert not location.startswith("//")


def test_it_refuses_an_unknown_list(alice, hospital_a):
    saved(alice, page="nobody.knows")
    with tenant_tx(hospital_a.pk):
        assert not SavedView.objects.exists()
