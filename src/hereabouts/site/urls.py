"""Every page's address: each room's own list, in the order of the rooms."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("hereabouts.places.web.urls")),
    path("", include("hereabouts.people.web.urls")),
    path("", include("hereabouts.journal.web.urls")),
    path("", include("hereabouts.sensing.web.urls")),
    path("", include("hereabouts.design.web.urls")),
]

handler400 = "hereabouts.design.web.errors.bad_request"
handler403 = "hereabouts.design.web.errors.forbidden"
handler404 = "hereabouts.design.web.errors.not_found"
# Read by django-allauth when somebody tries too often.
handler429 = "hereabouts.design.web.errors.too_many"
handler500 = "hereabouts.design.web.errors.server_error"
