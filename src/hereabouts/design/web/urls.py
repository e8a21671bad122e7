"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from hereabouts.design.web import views

app_name = "design"
urlpatterns = [
    path("language", views.choose_language, name="language"),
    path("theme", views.choose_theme, name="theme"),
    path("theme.css", views.theme_css, name="theme_css"),
]
