from django.urls import path

from portal.gateway.sandbox.doors import control, entry, page

urlpatterns = [
    path("", page.page),
    path("readyz", control.ready),
    path("truth/<str:name>", control.truth),
    path("faults", control.faults),
    path("parties", control.parties),
    path("reset", control.reset),
    path("<str:name>", entry.entry),
    path("<str:name>/<path:tail>", entry.entry),
]
