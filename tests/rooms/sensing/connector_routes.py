"""The site's addresses, with those of connectors wherever the site stands."""

from __future__ import annotations

from django.urls import include, path

from hereabouts.site import urls
from hereabouts.site.urls import handler400, handler403, handler404, handler429, handler500

urlpatterns = [path("", include("hereabouts.sensing.web.connectors.urls")), *urls.urlpatterns]

__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500", "urlpatterns"]
