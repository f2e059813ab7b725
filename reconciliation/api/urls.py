"""Addresses of reconciliation below /api/v1/reconciliation/."""

from django.urls import URLPattern, URLResolver, path

from reconciliation.api import entries

app_name = "reconciliation-api"
urlpatterns: list[URLPattern | URLResolver] = []

# --- the book of settled money
urlpatterns += [
    path("entries", entries.Entries.as_view(), name="entries"),
    path("entries/<uuid:entry_id>", entries.OneEntry.as_view(), name="entry"),
]
