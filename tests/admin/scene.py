"""Where things stand in the admin, and who acts there."""

from typing import Any

from django.test import Client
from django.urls import reverse

from consultations import roles
from consultations.models import User
from tests.factories import make_user


def listed(model: str) -> str:
    """Return the address of a list."""
    return reverse(f"admin:consultations_{model}_changelist")


def page_of(row: Any) -> str:
    """Return the address of the page about a row."""
    return reverse(f"admin:consultations_{row._meta.model_name}_change", args=[row.pk])


def act(client: Client, name: str, *rows: Any, **more: str) -> str:
    """Run an action of a list on these rows as its page asks; return the page that follows."""
    said = {"action": name, "_selected_action": [row.pk for row in rows], "index": "0"}
    asked = client.post(listed(rows[0]._meta.model_name), said, follow=True)
    if "form" not in (asked.context or {}):
        return asked.content.decode()
    return confirm(client, asked, **more).content.decode()


def confirm(client: Client, asked: Any, **more: str) -> Any:
    """Type the number that the page asks for, and whatever else it wants, and send it."""
    said = {
        "action": asked.context["action"],
        "_selected_action": [key for key, _label in asked.context["rows"]],
        "confirmed": "yes",
        "count": asked.context["form"].total,
        **more,
    }
    return client.post(asked.wsgi_request.path, said, follow=True)


def administrator() -> User:
    """Return a site administrator without a right in any consultation."""
    user = make_user()
    roles.make_administrator(user)
    return user
