"""Addresses of sensing: sensors for everybody, deployments, and the desk."""

from __future__ import annotations

from django.urls import include, path

from hereabouts.sensing.web.alerts import views as alerts
from hereabouts.sensing.web.desk import applications, devices, overview
from hereabouts.sensing.web.pages import levels, listing, property, stream, thing

STREAM = "sensors/<int:thing_id>/<int:stream_id>"
DESK = "desk/sensing/"

ours = [
    path("sensors", listing.sensors, name="list"),
    path("sensors/properties/<int:property_id>", property.on_map, name="property"),
    path("sensors/alerts", alerts.mine, name="alerts"),
    path("sensors/alerts/new", alerts.new, name="new_alert"),
    path("sensors/alerts/sent", alerts.sent, name="alert_sent"),
    path("sensors/alerts/<str:secret>", alerts.one, name="alert"),
    path("sensors/<int:thing_id>", thing.thing, name="thing"),
    path(STREAM, stream.stream, name="stream"),
    path(f"{STREAM}/levels", levels.set_level, name="set_threshold"),
    path(f"{STREAM}/levels/<str:uid>", levels.remove_level, name="remove_threshold"),
    path(DESK, overview.overview, name="desk"),
    path(f"{DESK}levels", levels.levels, name="levels"),
    path(f"{DESK}devices", devices.listing, name="devices"),
    path(f"{DESK}devices/new", devices.new, name="new_device"),
    path(f"{DESK}devices/<str:eui>", devices.one, name="device"),
    path(f"{DESK}devices/<str:eui>/change", devices.change, name="change_device"),
    path(f"{DESK}devices/<str:eui>/readings", devices.map_one, name="map_reading"),
    path(f"{DESK}devices/<str:eui>/key", devices.key, name="device_key"),
    path(f"{DESK}devices/<str:eui>/decode", devices.decode, name="decode_device"),
    path(f"{DESK}applications", applications.listing, name="applications"),
    path(f"{DESK}applications/change", applications.change, name="change_application"),
    path(f"{DESK}applications/key", applications.key, name="application_key"),
]

urlpatterns = [
    path("", include((ours, "sensing"))),
    path("", include("hereabouts.sensing.web.deployments.urls")),
    path("", include("hereabouts.sensing.web.keys.urls")),
    path("", include("hereabouts.sensing.web.connectors.urls")),
]
