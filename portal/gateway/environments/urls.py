from django.urls import path

from portal.gateway.environments.views import settings_file, switching

app_name = "environments"
urlpatterns = [
    path("", switching.environment, name="environment"),
    path("progress/", switching.progress, name="progress"),
    path("switch/<str:environment>/", switching.switch, name="switch"),
    path("switches/<uuid:switch_id>/approve/", switching.approve, name="switch-approve"),
    path("switches/<uuid:switch_id>/refuse/", switching.refuse, name="switch-refuse"),
    path("switches/<uuid:switch_id>/withdraw/", switching.withdraw, name="switch-withdraw"),
    path("check/<str:gateway>/<str:environment>/", switching.check, name="check"),
    path("export/<str:gateway>/<str:environment>/", settings_file.export, name="export"),
    path("import/", settings_file.import_file, name="import"),
    path("import/apply/", settings_file.import_apply, name="import-apply"),
]
