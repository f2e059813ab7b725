"""Jobs in Django admin, to look at. The queue's own pages are taken away: a Schedule row runs any function."""

from django.contrib import admin
from django_q.models import Failure, OrmQ, Schedule, Success

from portal.jobs.models import Job
from portal.web.admin_kit import PortalAdmin

for model in (Schedule, Success, Failure, OrmQ):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(Job)
class JobAdmin(PortalAdmin):
    view_permission = "jobs.view"
    list_display = ("title", "state", "done", "total", "started_label", "created_at", "finished_at")
    list_filter = ("state", "kind")
    search_fields = ("title", "key")
    search_help_text = "查找：事项、业务主键"
    exclude = ("params", "result_path")
