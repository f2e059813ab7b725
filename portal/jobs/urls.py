from django.urls import path

from portal.jobs import views

app_name = "jobs"
urlpatterns = [
    path("<uuid:job_id>/", views.job, name="job"),
    path("<uuid:job_id>/progress/", views.progress, name="progress"),
    path("<uuid:job_id>/stop/", views.stop, name="cancel"),
    path("<uuid:job_id>/result/", views.result, name="result"),
]
