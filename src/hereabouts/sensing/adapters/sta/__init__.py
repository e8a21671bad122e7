"""SensorThings over HTTP: a raw ASGI application, framework-free, in front of the pages."""
