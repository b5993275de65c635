"""What every page of the demonstration needs for its ribbon."""

from typing import Any

from django.http import HttpRequest

from portal.demo.people import by_part, people, person


def ribbon(request: HttpRequest) -> dict[str, Any]:
    """Return `demo`: whom one may be, who one is, the parts, and where to come back to."""
    user = getattr(request, "user", None)
    return {
        "demo": {
            "people": people(),
            "now": person(getattr(user, "email", "")),
            "here": request.get_full_path() if request.method == "GET" else "/",
            "employer": by_part("employer"),
            "leader": by_part("council leader"),
            "moderator": by_part("moderator"),
            "officer": by_part("officer"),
        }
    }
