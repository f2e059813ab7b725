from django.urls import URLPattern, URLResolver

app_name = "injury-api"
urlpatterns: list[URLPattern | URLResolver] = []
