"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
# A reader gets an answer, or a page that says the site is away, within six seconds.
os.environ.setdefault("ANSWER_SECONDS", "4.5")
application = get_wsgi_application()
