"""The site's addresses with the page of device keys."""

from __future__ import annotations

from django.urls import include, path

from hereabouts.site import urls
from hereabouts.site.urls import handler400, handler403, handler404, handler429, handler500

urlpatterns = [path("", include("hereabouts.sensing.web.keys.urls")), *urls.urlpatterns]

__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500", "urlpatterns"]
