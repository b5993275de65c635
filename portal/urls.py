"""The addresses: the consultations' own, allauth's, Django admin's, and the demo's in the demo."""

from allauth.account import views as account
from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path

urlpatterns = [
    path("", include("consultations.urls")),
    # allauth mounts these only where passwords are reset by a link; `create_officer` prints one.
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "accounts/password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
if settings.DEMO:
    urlpatterns.append(path("", include("portal.demo.urls")))

handler400 = "consultations.views.errors.bad_request"
handler403 = "consultations.views.errors.forbidden"
handler404 = "consultations.views.errors.not_found"
handler500 = "consultations.views.errors.server_error"
