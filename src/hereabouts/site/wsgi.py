"""Django's pages, as the WSGI application that `asgi` puts behind the hot routes."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hereabouts.site.settings")
application = get_wsgi_application()
