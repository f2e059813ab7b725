from django.urls import path

from portal.gateway.channels import views

app_name = "channels"
urlpatterns = [
    path("", views.channels, name="channels"),
    path("addresses/", views.address_list, name="address-list"),
    path("addresses/<int:address_id>/approve/", views.address_approve, name="address-approve"),
    path("addresses/<int:address_id>/remove/", views.address_remove, name="address-remove"),
    path("changes/<uuid:change_id>/approve/", views.change_approve, name="change-approve"),
    path("changes/<uuid:change_id>/refuse/", views.change_refuse, name="change-refuse"),
    path("trials/<uuid:trial_id>/", views.trial, name="trial"),
    path("<str:gateway>/<str:environment>/", views.channel, name="channel"),
    path("<str:gateway>/<str:environment>/save/", views.channel_change, name="channel-change"),
    path("<str:gateway>/<str:environment>/try/", views.trial_start, name="trial-start"),
]
