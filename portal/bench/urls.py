"""The site's addresses, and two more: the bare and the lean view that a page is compared with."""

from django.urls import path

from portal import urls
from portal.bench import lean

urlpatterns = [
    path("bench/bare/<slug:name>/", lean.bare, name="bench.bare"),
    path("bench/lean/<slug:name>/", lean.lean, name="bench.lean"),
    *urls.urlpatterns,
]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500
