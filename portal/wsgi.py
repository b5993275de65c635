"""The WSGI application that gunicorn serves."""

import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType

from django.core.wsgi import get_wsgi_application


class _WithoutNumpy(MetaPathFinder):
    """Says that numpy is not there, so that no web process pays for it.

    openpyxl asks for it only to know more kinds of numbers in what it writes, and goes on without.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None, /
    ) -> None:
        if fullname == "numpy":
            raise ModuleNotFoundError("numpy belongs to the workers", name=fullname)


sys.meta_path.insert(0, _WithoutNumpy())
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
# A reader gets an answer, or a page that says the site is away, within six seconds.
os.environ.setdefault("ANSWER_SECONDS", "4.5")
application = get_wsgi_application()
