"""The journal's addresses."""

from __future__ import annotations

from django.urls import include, path

from hereabouts.journal.web import views

DESK = "desk/journal/"

ours = [
    path("journal", views.account, name="account"),
    path("journal.json", views.account_json, name="account_json"),
    path(DESK, views.entries, name="entries"),
    path(f"{DESK}<int:position>", views.entry, name="entry"),
    path(f"{DESK}verify", views.verify, name="verify"),
    path(f"{DESK}parked/", views.parked, name="parked"),
    path(f"{DESK}parked/<int:delivery_id>", views.delivery, name="delivery"),
    path(f"{DESK}parked/<int:delivery_id>/retry", views.retry, name="retry"),
]

urlpatterns = [path("", include((ours, "journal")))]
