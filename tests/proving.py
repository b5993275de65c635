"""Somebody who has just proved once more who they are, as allauth notes it."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.http import HttpRequest

from consultations.models import User


def prove(session: Any, user: User) -> None:
    """Note in a session that its person has just given their second factor once more."""
    request = HttpRequest()
    request.session, request.user = session, user
    record_authentication(request, user, method="mfa", reauthenticated=True)
    session.save()
