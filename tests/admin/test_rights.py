"""Which pages of the admin open to whom; what belongs to others does not exist."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from consultations import ledger, roles
from consultations.models import (
    Comment,
    Consultation,
    Decision,
    LedgerEntry,
    Message,
    Role,
    Suppression,
    User,
)
from consultations.moderation import decide
from consultations.roles import RoleError
from tests.admin.scene import act
from tests.factories import (
    give_role,
    log_in,
    make_case,
    make_comment,
    make_consultation,
    make_membership,
    make_reason,
    make_response,
    make_staff,
    make_user,
)

pytestmark = pytest.mark.django_db
MODELS = sorted(model._meta.model_name or "" for model in admin.site._registry)
EVERYTHING = set(MODELS)
QUEUE = {
    *("campaign", "case", "comment", "response"),
    *("decision", "membership", "organisation", "reason"),
}
ANYBODY = {"consultation", "recommendation", "correction", "question"}
OPEN_TO = {
    "officer": EVERYTHING,
    "moderator": QUEUE | ANYBODY | {"document", "edition", "trustedorganisation"},
    "analyst": ANYBODY | {"comment", "document", "response", "edition"},
    "auditor": ANYBODY | {"decision", "ledgerentry", "reading"},
}


def fill(consultation: Consultation) -> None:
    """Put a row of nearly every kind into the consultation."""
    case, officer = make_case(make_comment(_first(consultation))), make_staff(consultation)
    arguments = {"reason": make_reason(), "note": "a note", "by": officer, "at": timezone.now()}
    decide.reject(case=case, version_number=1, **arguments)
    make_case(make_comment(_first(consultation)))
    make_case(membership=make_membership(), consultation=consultation)
    Suppression.objects.create(address="a@b.example", reason="5.1.1", since=timezone.now())


def _first(consultation: Consultation):
    return consultation.recommendations.get(number=1)


@pytest.mark.parametrize("right", OPEN_TO)
@pytest.mark.exhaustive
def test_list_opens_to_those_with_the_right(right: str) -> None:
    consultation = make_consultation()
    fill(consultation)
    client = log_in(make_staff(consultation, right))
    opened = {
        model
        for model in MODELS
        if client.get(reverse(f"admin:consultations_{model}_changelist")).status_code == 200
    }
    assert opened == OPEN_TO[right]


def test_every_row_opens_to_its_officer_and_to_no_other() -> None:
    consultation = make_consultation()
    fill(consultation)
    make_case()
    officer, stranger = make_staff(consultation, "officer"), make_staff(make_consultation())
    own, other = log_in(officer), log_in(stranger)
    for model in admin.site._registry:
        row = admin.site._registry[model].get_queryset(_request(officer)).first()
        if row is None:
            continue
        page = reverse(f"admin:consultations_{model._meta.model_name}_change", args=[row.pk])
        assert (page, own.get(page).status_code) == (page, 200)
        if admin.site._registry[model].consultation:
            assert (page, other.get(page).status_code in {403, 404}) == (page, True)


def _request(user: User):
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.user = user
    return request


def test_row_of_another_consultation_is_like_none() -> None:
    mine, other = make_consultation(), make_comment()
    client = log_in(make_staff(mine, "officer"))
    for pk in (other.pk, 10**9, "nonsense"):
        page = f"/admin/consultations/comment/{pk}/change/"
        assert client.get(page).status_code == 404
    hide = reverse("admin:consultations_comment_hide", args=[other.pk])
    assert client.get(hide).status_code == 404


def test_index_lists_nothing_for_staff_without_a_right() -> None:
    client = log_in(make_user(is_staff=True))
    assert client.get(reverse("admin:index")).context["app_list"] == []


def test_index_is_closed_to_respondents() -> None:
    person = make_user()
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={})
    assert log_in(person).get(reverse("admin:index"), follow=True).status_code == 403


def test_index_asks_staff_for_a_second_factor() -> None:
    moderator = make_staff(make_consultation())
    client = log_in(moderator)
    Authenticator.objects.all().delete()
    page = client.get(reverse("admin:index"))
    assert (page.status_code, page["Location"]) == (302, reverse("mfa_index"))


@pytest.mark.parametrize("right", ["analyst", "auditor"])
def test_hiding_is_for_those_who_decide(right: str) -> None:
    comment = make_comment(state=Comment.State.PUBLISHED)
    consultation = comment.recommendation.consultation
    hide = reverse("admin:consultations_comment_hide", args=[comment.pk])
    client = log_in(make_staff(consultation, right))
    assert client.post(hide, {"reason": make_reason().pk}).status_code == 404
    comment.refresh_from_db()
    assert comment.state == Comment.State.PUBLISHED


def test_analyst_is_offered_no_decision() -> None:
    comment = make_comment(state=Comment.State.PUBLISHED)
    case = make_case(make_comment(comment.recommendation))
    client = log_in(make_staff(case.consultation, "analyst"))
    page = client.get(reverse("admin:consultations_comment_change", args=[comment.pk]))
    review = reverse("admin:consultations_case_change", args=[case.pk])
    said = {"decision": "publish", "version_number": 1, "reason": make_reason().pk, "note": ""}

    assert "Hide this comment" not in page.content.decode()
    assert [client.get(review).status_code, client.post(review, said).status_code] == [404, 404]
    queue = {"action": "publish", "_selected_action": [case.pk], "index": "0"}
    assert client.post(reverse("admin:consultations_case_changelist"), queue).status_code == 403
    assert Decision.objects.count() == 0


@pytest.mark.parametrize("right", OPEN_TO)
@pytest.mark.exhaustive
def test_staff_who_leave_lose_access_on_the_next_request(right: str) -> None:
    consultation, remaining = make_consultation(), make_user()
    give_role(remaining, consultation, "officer")
    leaver = make_user()
    role = give_role(leaver, consultation, right)
    client = log_in(leaver)
    lists = [reverse(f"admin:consultations_{model}_changelist") for model in OPEN_TO[right]]
    opened = {client.get(page).status_code for page in lists}

    roles.end(role=role, by=remaining, at=timezone.now())

    assert opened == {200}
    assert {client.get(page, follow=True).status_code for page in lists} == {403}


def test_hiding_and_restoring_by_a_moderator() -> None:
    comment = make_comment(state=Comment.State.PUBLISHED)
    client = log_in(make_staff(comment.recommendation.consultation))
    hide = reverse("admin:consultations_comment_hide", args=[comment.pk])
    assert client.post(hide, {"note": "kept"}).content.decode().count("kept") == 1
    assert client.post(hide, {"reason": make_reason().pk}).status_code == 302
    comment.refresh_from_db()
    assert comment.state == Comment.State.HIDDEN
    restore = reverse("admin:consultations_comment_restore", args=[comment.pk])
    assert client.post(restore, {}).status_code == 302
    assert "not hidden" in client.post(restore, {}).content.decode()
    assert Decision.objects.count() == 2


def test_role_is_given_on_the_ledger_and_ended_at_once() -> None:
    consultation, person = make_consultation(), make_user("new@example.org")
    client = log_in(make_staff(consultation, "officer"))
    add = reverse("admin:consultations_role_add")
    said = {"consultation": consultation.pk, "email": "New@example.org", "right": "moderator"}
    assert client.post(add, said).status_code == 302
    role = Role.objects.get(user=person)
    person.refresh_from_db()
    assert (role.right, person.is_staff) == ("moderator", True)
    assert LedgerEntry.objects.get().act == "role_given"
    act(client, "end_roles", role)
    role.refresh_from_db()
    assert role.ends_at is not None
    queue = reverse("admin:consultations_case_changelist")
    assert log_in(person).get(queue, follow=True).status_code == 403
    assert ledger.verify(consultation.pk) == []


def test_role_in_another_consultation_cannot_be_given() -> None:
    mine, other = make_consultation(), make_consultation()
    client = log_in(make_staff(mine, "officer"))
    said = {"consultation": other.pk, "email": make_user().email, "right": "officer"}
    page = client.post(reverse("admin:consultations_role_add"), said)
    assert page.status_code == 200
    assert Role.objects.filter(consultation=other).count() == 0


def test_role_of_the_last_officer_cannot_end() -> None:
    consultation = make_consultation()
    officer = make_user()
    role = give_role(officer, consultation, "officer")
    with pytest.raises(RoleError, match="at least one officer"):
        roles.end(role=role, by=officer, at=timezone.now())


def test_deliveries_never_show_what_stands_in_them_and_doubts_are_settled() -> None:
    case = make_case()
    officer = make_staff(case.consultation, "officer")
    decide.publish(case=case, version_number=1, by=officer, at=timezone.now())
    Message.objects.update(state=Message.State.UNKNOWN)
    message, client = Message.objects.get(), log_in(officer)
    page = client.get(reverse("admin:consultations_message_change", args=[message.pk]))
    assert "This would help firms" not in page.content.decode()
    act(client, "settle_as_sent", message)
    message.refresh_from_db()
    assert (message.state, message.settled_by) == (Message.State.SENT, officer)


def test_people_show_no_secret() -> None:
    consultation = make_consultation()
    person = make_user(password="correct horse battery staple")
    make_response(consultation, person)
    client = log_in(make_staff(consultation, "officer"))
    page = client.get(reverse("admin:consultations_user_change", args=[person.pk]))
    shown = page.content.decode()
    assert (person.email in shown, person.password in shown) == (True, False)


@pytest.mark.parametrize("path", ["history/", "delete/"])
def test_pages_that_django_would_add_do_not_exist(path: str) -> None:
    comment = make_comment()
    client = log_in(make_staff(comment.recommendation.consultation, "officer"))
    page = f"/admin/consultations/comment/{comment.pk}/{path}"
    assert client.get(page).status_code in {403, 404}
