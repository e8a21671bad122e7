"""Addresses of deployments."""

from __future__ import annotations

from django.urls import include, path

from hereabouts.sensing.web.deployments import coordination, desk, public

DESK = "desk/sensing/deployments/"

ours = [
    path("sensing/deployments", public.register, name="register"),
    path("sensing/deployments.json", public.register_json, name="register_json"),
    path("sensing/deployments.csv", public.register_csv, name="register_csv"),
    path("sensing/deployments/<str:uid>.json", public.deployment_json, name="deployment_json"),
    path("sensing/deployments/<str:uid>", public.deployment, name="deployment"),
    path(DESK, desk.listing, name="desk"),
    path(f"{DESK}new", desk.new, name="new"),
    path(f"{DESK}pairs", desk.pairs, name="pairs"),
    path(f"{DESK}<str:uid>", desk.one, name="desk_one"),
    path(f"{DESK}<str:uid>/near", coordination.near, name="near"),
    path(f"{DESK}<str:uid>/change", desk.edit, name="edit"),
    path(f"{DESK}<str:uid>/things", desk.add_thing, name="add_thing"),
    path(f"{DESK}<str:uid>/things/<int:thing_id>", desk.remove_thing, name="remove_thing"),
    path(f"{DESK}<str:uid>/step/<str:name>", desk.step, name="step"),
]

urlpatterns = [path("", include((ours, "deployments")))]
