from django.urls import URLPattern, URLResolver

app_name = "injury"
urlpatterns: list[URLPattern | URLResolver] = []
