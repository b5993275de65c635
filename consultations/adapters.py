"""allauth's hooks, turned into ours."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.mail.addresses import deliverable

# Where the session keeps the address of the invitation that its visitor came by.
CAME_BY = "came_by"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth is not typed
    """Log-in and sign-up as this site has them."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Send staff to the admin, and those who have not said who they are to the questions.

        Whoever came by an invitation goes back to it, whichever link to log in they took.
        """
        if CAME_BY in request.session:
            return str(request.session[CAME_BY])
        if request.user.is_authenticated and not request.user.profile_complete:
            return reverse("admin:index" if request.user.is_staff else "people.about_you")
        return str(settings.LOGIN_REDIRECT_URL)

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """Send new people to the four questions, or back to the invitation that they came by."""
        return str(request.session.get(CAME_BY) or reverse("people.about_you"))

    def clean_email(self, email: str) -> str:
        """Refuse what no mail program writes, beside the field where it was typed."""
        if not deliverable(email):
            raise ValidationError(_("Write an e-mail address like name@example.org."))
        return email

    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        """Send allauth's mail; an address that nobody can have signed up with gets none."""
        if deliverable(email):
            super().send_mail(template_prefix, email, context)

    def get_from_email(self) -> str:
        """Return the site's own sender."""
        return str(settings.DEFAULT_FROM_EMAIL)
