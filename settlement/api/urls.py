from django.urls import URLPattern, URLResolver

app_name = "settlement-api"
urlpatterns: list[URLPattern | URLResolver] = []
