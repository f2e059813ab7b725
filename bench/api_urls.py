"""The portal's addresses and a bare view beside them."""

from django.http import HttpRequest, JsonResponse
from django.urls import path

from bench.api import BARE, PLACE
from clearing.api.serializers import RowSerializer
from clearing.models import ClearingRow
from portal.access.door import tenant_tx
from portal.access.models import Institution
from portal.urls import urlpatterns as portal_urls

FIELDS = RowSerializer.Meta.fields


def bare(request: HttpRequest) -> JsonResponse:
    place = Institution.objects.get(code=PLACE)
    with tenant_tx(place.pk):
        rows = ClearingRow.objects.filter(environment=place.environment).exclude(state="revoked").order_by("-id")
        return JsonResponse({"items": list(rows.values(*FIELDS)[:100]), "next": None})


urlpatterns = [path(BARE.strip("/"), bare), *portal_urls]
