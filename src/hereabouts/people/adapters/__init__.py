"""Bindings to Django's sessions and to django-allauth."""
