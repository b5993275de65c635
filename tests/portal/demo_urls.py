"""The site's addresses with the demonstration's, for tests alone."""

from portal.demo.urls import urlpatterns as demo
from portal.urls import urlpatterns as site

urlpatterns = [*site, *demo]
