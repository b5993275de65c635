"""The page that removes words of a comment from what the public reads, and the one that puts back.

Words are found and shown in both readings first; nothing is removed unseen.
"""

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.admin import putting_back, rights, undoing
from consultations.admin.redacting_forms import (
    Passage,
    RedactForm,
    Ticked,
    passages,
)
from consultations.admin.review import errors_of, onward
from consultations.analysis.masks import Removed, mask, masked, pieces
from consultations.models import Case, Comment, CommentVersion, database_now
from consultations.moderation import queue, redact
from consultations.moderation.record import DecisionRefused

if TYPE_CHECKING:
    from consultations.admin.base import PolicyAdmin

REDACTED = gettext_lazy("Removed. Where the public reads the comment, it reads it so at once.")
PUBLISHED = gettext_lazy("Removed, and the rest published; the author is told.")


def page(
    model_admin: "PolicyAdmin[Comment]", request: HttpRequest, comment: Comment
) -> HttpResponse:
    """Find words, show both readings, and remove what is chosen; or put words back."""
    if "put_back" in request.GET:
        return putting_back.page(model_admin, request, comment)
    if request.method != "POST":
        return _show(model_admin, request, comment, _version(request, comment), None, [])
    version = _version(request, comment)
    form = RedactForm(request.POST, label_suffix="")
    valid = form.is_valid()
    if version is not None and form.cleaned_data.get("version") != version.number:
        form.add_error(None, _changed(version))
        form.data = _with_version(request, version)
    found = _passages(request, form, version)
    looked_for = request.POST.get("act") not in {"save", "publish"} or _unseen(request, found)
    if valid and not form.errors and version and not looked_for:
        try:
            return _remove(request, comment, version, form, found)
        except DecisionRefused as refusal:
            form.add_error(None, str(refusal))
            comment = model_admin.fetch(request, str(comment.pk))
            version = _version(request, comment)
            found = _passages(request, form, version)
    return _show(model_admin, request, comment, version, form, found)


def _version(request: HttpRequest, comment: Comment) -> CommentVersion | None:
    """Return the version that is asked for, or the one that there is; None where none is."""
    versions = redact.versions_of(comment)
    asked = request.POST.get("version") or request.GET.get("version") or ""
    named = [version for version in versions if str(version.number) == asked]
    if request.method == "POST":
        return next(iter([*named, *versions[-1:]]), None)
    return next(iter([*named, *versions]), None)


def _with_version(request: HttpRequest, version: CommentVersion) -> QueryDict:
    """Return what was posted, for the version that there is now."""
    posted = request.POST.copy()
    posted["version"] = str(version.number)
    return posted


def _changed(version: CommentVersion) -> str:
    return _("The author changed this comment while you read it. Below is %(version)s.") % {
        "version": version
    }


def _passages(
    request: HttpRequest, form: RedactForm, version: CommentVersion | None
) -> list[Passage]:
    """Return the passages that are meant; says beside the words where there are none."""
    if version is None:
        return []
    said = Ticked()
    if request.POST.get("version") == str(version.number):
        said = Ticked.of(request.POST.getlist("offered"), request.POST.getlist("span"))
    words = form.cleaned_data.get("words", "")
    before = [each.place for each in version.redactions.in_force()]
    found = passages(version.text, before, words, said)
    problem = _nothing(words, version, before, found)
    if problem and "words" not in form.errors:
        form.add_error("words", problem)
    return found


def _nothing(
    words: str, version: CommentVersion, before: list[Removed], found: list[Passage]
) -> str:
    """Return why the words lead nowhere, or "" where they do."""
    if not words:
        return "" if found else _("Type or paste the words to remove.")
    if passages(version.text, before, words, Ticked()):
        return ""
    if passages(version.text, [], words, Ticked()):
        return _("These words are removed already. Find others, or put these back.")
    return _("These words are not in %(version)s. Copy them from the text.") % {"version": version}


def _unseen(request: HttpRequest, found: list[Passage]) -> bool:
    """Whether a passage was just found, which nobody has looked at yet."""
    return not {passage.value for passage in found} <= set(request.POST.getlist("offered"))


def _remove(
    request: HttpRequest,
    comment: Comment,
    version: CommentVersion,
    form: RedactForm,
    found: list[Passage],
) -> HttpResponse:
    """Call the verb, and go back; raises DecisionRefused."""
    said = form.cleaned_data
    asked: dict[str, Any] = {
        "comment": comment,
        "version_number": version.number,
        "spans": [(each.start, each.end) for each in found if each.ticked],
        "reason": said["reason"],
        "note": said["note"],
        "by": rights.person(request),
        "at": database_now(),
    }
    if request.POST.get("act") == "publish":
        decision = redact.redact_and_publish(**asked, signed=said["signed"])
        messages.success(request, str(PUBLISHED))
        undoing.remember(request, decision)
        return onward(request, queue.next_after(rights.person(request), decision.case))
    undoing.remember(request, redact.redact(**asked))
    messages.success(request, str(REDACTED))
    return HttpResponseRedirect(putting_back.back(request, comment)["back"])


def _show(
    model_admin: "PolicyAdmin[Comment]",
    request: HttpRequest,
    comment: Comment,
    version: CommentVersion | None,
    form: RedactForm | None,
    found: list[Passage],
) -> HttpResponse:
    sign_off = comment.response.sign_off
    known = {"version": version.number if version else 0, "signed": sign_off and sign_off.pk}
    shown = form or RedactForm(initial=known, label_suffix="")
    context = {
        **model_admin.admin_site.each_context(request),
        **putting_back.back(request, comment),
        **_readings(version, shown, found),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "title": _("Error: remove words") if shown.errors else _("Remove words"),
        "comment": comment,
        "version": version,
        "versions": redact.versions_of(comment),
        "signed": sign_off,
        "form": shown,
        "errors": _errors(shown),
        "passages": found,
        "waits": _waits(comment, version),
    }
    return TemplateResponse(request, "admin/consultations/comment/redact.html", context)


def _errors(form: RedactForm) -> list[tuple[str, str]]:
    """Return what is wrong in the order in which it stands on the page."""
    order = ["", *(field.id_for_label for field in form)]
    return sorted(errors_of(form), key=lambda error: order.index(error[0]))


def _readings(
    version: CommentVersion | None, form: RedactForm, found: list[Passage]
) -> dict[str, Any]:
    """Return both readings: as it was sent, and as the public will read it."""
    if version is None:
        return {"removed": []}
    rows = version.redactions.in_force().select_related("reason", "redacted_by")
    before, reason = [row.place for row in rows], form.cleaned_data.get("reason") if found else None
    stands = mask(reason.code if reason else "")
    chosen = [Removed(each.start, each.end, stands) for each in found if each.ticked]
    apart = all(one.end <= other.start for one, other in pairwise(chosen))
    chosen = chosen if apart and reason else []
    return {
        "removed": [(row, version.text[row.start : row.end]) for row in rows],
        "original": pieces(version.text, before, chosen),
        "public": masked(version.text, [*before, *chosen]),
        "previewed": bool(chosen),
    }


def _waits(comment: Comment, version: CommentVersion | None) -> bool:
    """Whether the version waits for a decision, so that the rest may be published with this."""
    if version is None or comment.asked is None or version.pk != comment.asked.pk:
        return False
    return Case.objects.waiting().filter(comment=comment).exists()
