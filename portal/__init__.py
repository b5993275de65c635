"""The wiring: settings, addresses, servers and the demonstration; no domain knowledge."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
