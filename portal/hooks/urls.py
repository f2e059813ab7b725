from django.urls import path

from portal.hooks import views

app_name = "hooks"
urlpatterns = [
    path("", views.webhooks, name="webhooks"),
    path("create/", views.create, name="webhook-create"),
    path("deliveries/", views.deliveries, name="deliveries"),
    path("deliveries/<uuid:delivery_id>/", views.delivery, name="delivery"),
    path("deliveries/<uuid:delivery_id>/replay/", views.replay, name="delivery-replay"),
    path("<uuid:webhook_id>/stop/", views.stop, name="webhook-stop"),
    path("<uuid:webhook_id>/try/", views.attempt, name="webhook-try"),
]
