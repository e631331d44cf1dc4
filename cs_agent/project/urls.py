"""The root URL configuration."""

from django.contrib import admin
from django.urls import include, path

admin.autodiscover()

# What is ours wherever it is mounted; the back office is the roof's own.
ours = [path("", include("integrations.urls")), path("", include("consoles.urls"))]

urlpatterns = [
    path("admin/", admin.site.urls),
    *ours,
]
