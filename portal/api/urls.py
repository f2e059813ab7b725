"""Addresses of the API; each business brings its own `<business>.api.urls`, mounted below its name."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt

from portal.api import docs, keys, resources

app_name = "api"
BUSINESSES = [
    name
    for name in settings.BUSINESSES
    if find_spec(name) and find_spec(f"{name}.api") and find_spec(f"{name}.api.urls")
]

#: Version 1: what is in it stays as it is; what would break a caller goes into the next one.
VERSION_1 = [
    path("schema", docs.Schema.as_view(), name="schema"),
    path("docs", docs.docs, name="docs"),
    path("keys", keys.Keys.as_view(), name="keys"),
    path("keys/<uuid:key_id>/revoke", keys.KeyRevocation.as_view(), name="key-revoke"),
    path("jobs/", resources.Jobs.as_view(), name="jobs"),
    path("jobs/<uuid:job_id>", resources.OneJob.as_view(), name="job"),
    path("jobs/<uuid:job_id>/cancellations", resources.JobCancellations.as_view(), name="job-cancellations"),
    path("audit/", resources.Audit.as_view(), name="audit"),
    path("institution", resources.OwnInstitution.as_view(), name="institution"),
    path("code-lists/", resources.CodeLists.as_view(), name="code-lists"),
    path("code-lists/<str:name>", resources.OneCodeList.as_view(), name="code-list"),
    path("health", resources.Health.as_view(), name="health"),
    path("channels/", include("portal.gateway.channels.api_urls")),
    path("environments/", include("portal.gateway.environments.api_urls")),
    path("operations/", include("portal.gateway.api_urls")),
    path("exchanges/", include("portal.gateway.exchange_api_urls")),
    path("webhooks/", include("portal.hooks.api_urls")),
    path("desks/", include("portal.gateway.desk.api_urls")),
    *(path(f"{name}/", include(f"{name}.api.urls")) for name in BUSINESSES),
]
urlpatterns = [
    path("v1/", include(VERSION_1)),
    # Last: whatever else is asked for below /api/ gets a problem, not a page.
    re_path(r"", csrf_exempt(docs.nothing_here), name="nothing-here"),
]
