"""The page of one edition: how it stands, what was done with it, and what can be done next.

That of the whole series is in `digests`.
"""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consultations.admin import rights
from consultations.admin.review import errors_of
from consultations.digests import editions
from consultations.digests.preview import LONGEST_REASON, DigestError
from consultations.digests.render import period_of
from consultations.forms import TidyField
from consultations.models import Consultation, Edition, database_now
from consultations.models.clock import moment
from consultations.models.edition_standing import FOLLOWS, UNSEEN, Standing

if TYPE_CHECKING:
    from consultations.admin.base import PolicyAdmin

VERBS = {
    Standing.HELD: editions.hold,
    Standing.DISCARDED: editions.discard,
    Standing.WITHDRAWN: editions.withdraw,
}
# What each button says, and what it does.
BUTTONS = {
    Standing.HELD: (
        gettext_lazy("Hold it"),
        gettext_lazy("Held, it goes out only when somebody releases it."),
    ),
    Standing.DISCARDED: (
        gettext_lazy("Discard it"),
        gettext_lazy("Nobody will read it. The next digest tells what it told as new."),
    ),
    Standing.WITHDRAWN: (
        gettext_lazy("Withdraw it"),
        gettext_lazy(
            "Its page then says that it was withdrawn, when and why, and the next digest says so "
            "too. What is not sent yet is not sent. The reason is public."
        ),
    ),
}
DONE = {
    Standing.HELD: gettext_lazy("Held."),
    Standing.DISCARDED: gettext_lazy("Discarded: the next digest tells its news."),
    Standing.WITHDRAWN: gettext_lazy("Withdrawn: its page says so and why."),
}

# What is said otherwise of a final summary, which tells nothing as new.
FINAL_HINTS = {
    Standing.DISCARDED: gettext_lazy("Nobody will read it. It can be made again."),
    Standing.WITHDRAWN: gettext_lazy(
        "Its page then says that it was withdrawn, when and why. What is not sent yet is not sent. "
        "It can be made again, and is then mailed again. The reason is public."
    ),
}
FINAL_DONE = {Standing.DISCARDED: gettext_lazy("Discarded: it can be made again.")}


class EditionForm(forms.Form):
    """What an officer does with one edition, and why."""

    act = forms.ChoiceField(choices=Standing.choices)
    reason = TidyField(
        label=gettext_lazy("Reason"),
        limit=LONGEST_REASON,
        required=False,
        widget=forms.TextInput,
    )


def page(
    model_admin: "PolicyAdmin[Consultation]",
    request: HttpRequest,
    consultation: Consultation,
    edition_id: int,
) -> HttpResponse:
    """Show an edition of the consultation; do what is asked and come back. 404 for any other."""
    edition = _edition(consultation, edition_id)
    form = EditionForm(request.POST if request.method == "POST" else None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            said = _do(request, edition, form.cleaned_data)
        except DigestError as error:
            edition = _edition(consultation, edition_id)
            asks = form.cleaned_data["act"] in VERBS and bool(_buttons(edition))
            form.add_error("reason" if asks else None, str(error))
        else:
            messages.success(request, said)
            return HttpResponseRedirect(request.path)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "title": str(edition),
        "form": form,
        "errors": errors_of(form),
        "edition": edition,
        "period": period_of(edition.period.lower, edition.period.upper),
        "standing": told(edition),
        "acts": list(edition.acts.select_related("by").order_by("pk")),
        "may_release": edition.state in UNSEEN,
        "buttons": _buttons(edition),
        "readable": edition.state != Standing.DISCARDED,
        "back": reverse("admin:consultations_consultation_digests", args=[consultation.pk]),
        "back_title": _("Digests of %(title)s") % {"title": consultation.title},
    }
    return TemplateResponse(request, "admin/consultations/consultation/edition.html", context)


def standing(edition: Edition) -> str:
    """Return the sentence that says how an edition stands, and when it goes out if it waits."""
    if edition.state == Standing.WAITING:
        at = editions.goes_out_at(edition)
        if at is None:
            return _("It waits until an officer releases it.")
        if edition.consultation.digests_held_at is not None:
            return _("It waits while all digests are held.")
        return _("It goes out at %(moment)s, unless it is held.") % {"moment": moment(at)}
    if edition.state in UNSEEN:
        return _("It is held until an officer releases it.")
    if edition.state == Standing.DISCARDED:
        return _("It was discarded before anybody read it.")
    said = ngettext("Mailed to %(n)s reader.", "Mailed to %(n)s readers.", edition.readers)
    if edition.state == Standing.WITHDRAWN:  # what was not sent by then was not sent any more
        said = ngettext(
            "Withdrawn. Was to be mailed to %(n)s reader.",
            "Withdrawn. Was to be mailed to %(n)s readers.",
            edition.readers,
        )
    return said % {"n": f"{edition.readers:,}"}


def told(edition: Edition) -> str:
    """Return how an edition stands, and why it cannot go out if it cannot."""
    outdated = editions.outdated(edition) if edition.state in UNSEEN else ""
    return outdated or standing(edition)


def _buttons(edition: Edition) -> list[dict[str, Any]]:
    """Return what can be done with the edition now that needs a reason."""
    allowed = FOLLOWS.get(Standing(edition.state), frozenset())
    return [
        {
            "act": act.value,
            "label": label,
            "hint": FINAL_HINTS.get(act, hint) if edition.final else hint,
        }
        for act, (label, hint) in BUTTONS.items()
        if act in allowed
    ]


def _edition(consultation: Consultation, edition_id: int) -> Edition:
    rows = Edition.objects.select_related("consultation").filter(consultation=consultation)
    edition = rows.filter(pk=edition_id).first()
    if edition is None:
        raise Http404
    return edition


def _do(request: HttpRequest, edition: Edition, said: dict[str, Any]) -> str:
    """Call the verb, and return what to say; raises DigestError."""
    asked: Any = {"edition": edition, "by": rights.person(request), "at": database_now()}
    act = Standing(said["act"])
    if act == Standing.RELEASED:
        readers = editions.release(**asked)
        told = ngettext(
            "Published, and on its way to %(n)s reader.",
            "Published, and on its way to %(n)s readers.",
            readers,
        )
        return told % {"n": f"{readers:,}"}
    if act not in VERBS:
        raise DigestError(_("Choose what to do with it."))
    VERBS[act](reason=said["reason"], **asked)
    return str(FINAL_DONE.get(act, DONE[act]) if edition.final else DONE[act])
