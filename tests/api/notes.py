"""Views for the tests of the API's ground; their effect is a key's row: it has an institution, and little else."""

import json
import threading
from typing import Any, cast

from django.test import Client
from django.urls import include, path
from rest_framework import serializers
from rest_framework.response import Response

from portal.access.door import tenant_tx
from portal.access.models import InstitutionKey
from portal.api.problems import means
from portal.api.views import ApiRequest, ApiView

LONG = '{"a": 99999999999999999999999999999999999999999999999999}'
READ, WRITE = "portal.use", "portal.use"


class Busy(Exception):
    """A service's own error."""


means(Busy, 409, "busy")
GATE: dict[str, Any] = {"entered": threading.Event(), "go": threading.Event()}


class NoteSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()


class Notes(ApiView):
    permissions = {"GET": READ, "POST": WRITE}

    def get(self, request: ApiRequest) -> Response:
        return self.page(InstitutionKey.objects.all(), NoteSerializer)

    def post(self, request: ApiRequest) -> Response:
        given: Any = request.data
        if given.get("wait"):
            GATE["entered"].set()
            assert GATE["go"].wait(10)
        key, _ = InstitutionKey.objects.create_key(name=given["name"], scopes=["portal.use"], made_by_id=given["by"])
        if given.get("fail_late"):
            raise Busy("已经写了一行")
        return Response(
            {"id": key.pk, "amount": str(given.get("amount", ""))}, 201, headers={"Location": "/api/v1/notes/1"}
        )


class Reading(ApiView):
    permissions = {"POST": READ}
    reading_posts = True
    max_bytes = 1000

    def post(self, request: ApiRequest) -> Response:
        return Response({"type": type(cast(Any, request.data)["amount"]).__name__})


urlpatterns = [
    path("api/v1/notes", Notes.as_view()),
    path("api/v1/reading", Reading.as_view()),
    path("", include("portal.urls")),
]


def make_key(by: Any, **more: Any) -> str:
    """Straight into the table: which scopes may be granted is another test's matter."""
    facts = {"name": "HIS", "scopes": ["portal.use"], "made_by": by.user, **more}
    return str(InstitutionKey.objects.create_key(**facts)[1])


def post(client: Client, where: str, data: Any, key: str = "", idempotency: str = "k1", **headers: str) -> Any:
    text = data if isinstance(data, str) else json.dumps(data)
    given = {"Idempotency-Key": idempotency, **({"Authorization": f"Api-Key {key}"} if key else {}), **headers}
    given = {name: value for name, value in given.items() if value}
    return client.post(where, text, content_type="application/json", headers=given)


def names(institution: Any) -> list[str]:
    with tenant_tx(institution.pk):
        return sorted(InstitutionKey.objects.exclude(name="HIS").values_list("name", flat=True))
