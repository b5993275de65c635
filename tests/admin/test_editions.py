"""An officer's page of one edition, and the choice of when editions go out."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consultations.digests import jobs
from consultations.models import Consultation, Edition, Job, Message, database_now
from consultations.models.clock import moment
from tests.digests.scene import fill, make_edition, make_scene
from tests.factories import log_in, make_staff, make_subscription

pytestmark = pytest.mark.django_db
State = Edition.State


def waiting() -> tuple[Edition, Client]:
    """An edition that waits, and the browser of its officer."""
    scene = make_scene(release=Consultation.Release.BY_HAND)
    make_subscription(consultation=scene)
    fill(scene, each=2)
    return make_edition(), log_in(make_staff(scene, "officer"))


def series(edition: Edition) -> str:
    return reverse("admin:consultations_consultation_digests", args=[edition.consultation_id])


def page_of(edition: Edition) -> str:
    keys = [edition.consultation_id, edition.pk]
    return reverse("admin:consultations_consultation_edition", args=keys)


def read(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_edition_is_held_with_a_reason_and_released_by_hand() -> None:
    edition, client = waiting()
    page = page_of(edition)
    assert page in read(client, series(edition))
    assert "It waits until an officer releases it." in read(client, page)

    refused = client.post(page, {"act": "held", "reason": " "}).content.decode()
    assert '<a href="#id_reason">Say why, in 500 characters or fewer.</a>' in refused
    client.post(page, {"act": "held", "reason": "Table 2 looks wrong."})
    assert "Table 2 looks wrong." in read(client, page)
    assert "Hold it" not in read(client, page)
    said = client.post(page, {"act": "released"}, follow=True).content.decode()

    edition.refresh_from_db()
    assert (edition.state, Message.objects.count()) == (State.RELEASED, 1)
    assert "Published, and on its way to 1 reader." in said
    assert "Mailed to 1 reader." in read(client, series(edition))


def test_edition_is_discarded_and_can_then_be_read_on_no_page() -> None:
    edition, client = waiting()

    client.post(page_of(edition), {"act": "discarded", "reason": "It quotes a name."})

    edition.refresh_from_db()
    page = read(client, page_of(edition))
    assert (edition.state, "It quotes a name." in page) == (State.DISCARDED, True)
    assert "Read it as its readers do" not in page
    assert "See it on the site" not in read(client, "/admin/consultations/edition/")
    stale = client.post(page_of(edition), {"act": "released"}).content.decode()
    assert "This digest is discarded by now, so nothing was changed." in stale


def test_edition_is_withdrawn_and_its_page_keeps_who_did_it() -> None:
    edition, client = waiting()
    client.post(page_of(edition), {"act": "released"})
    assert "The reason is public." in read(client, page_of(edition))

    client.post(page_of(edition), {"act": "withdrawn", "reason": "A table was wrong."})

    edition.refresh_from_db()
    assert edition.state == State.WITHDRAWN
    assert "Withdrawn. Was to be mailed to 1 reader." in read(client, page_of(edition))
    nothing = client.post(page_of(edition), {"act": "waiting", "reason": "x"})
    assert "Choose what to do with it." in nothing.content.decode()


def test_only_the_officer_of_the_consultation_reaches_an_editions_page() -> None:
    edition, client = waiting()
    elsewhere = make_scene()
    others = [make_staff(edition.consultation, "moderator"), make_staff(elsewhere, "officer")]

    assert [log_in(other).get(page_of(edition)).status_code for other in others] == [404, 404]
    borrowed = [elsewhere.pk, edition.pk]
    path = reverse("admin:consultations_consultation_edition", args=borrowed)
    assert log_in(others[1]).get(path).status_code == 404
    assert client.get(page_of(edition)).status_code == 200


def test_officer_chooses_when_digests_go_out() -> None:
    edition, client = waiting()
    said = {"act": "choose", "release": "after_quiet"}

    refused = client.post(series(edition), {**said, "quiet_hours": "73"}).content.decode()
    assert '<a href="#id_quiet_hours">' in refused
    assert 'value="73"' in refused
    client.post(series(edition), {**said, "quiet_hours": "6"})

    consultation = Consultation.objects.get()
    assert (consultation.release, consultation.quiet_hours) == ("after_quiet", 6)
    goes_out = moment(edition.built_at + timedelta(hours=6))
    assert f"It goes out at {goes_out}, unless it is held." in read(client, page_of(edition))


def test_digest_of_a_slot_to_come_is_previewed_and_says_what_is_not_known() -> None:
    now = database_now()
    scene = make_scene()
    dates = {"opens_at": now - timedelta(days=3), "closes_at": now + timedelta(days=60)}
    Consultation.objects.update(**dates)
    client = log_in(make_staff(scene, "officer"))
    page = reverse("admin:consultations_consultation_digests", args=[scene.pk])
    form = client.get(page).context["form"]
    slots = [value for value, _label in form.fields["slot"].choices if value]
    assert len(slots) == 3

    client.post(page, {"act": "preview", "slot": slots[1]})
    assert "valid choice" in client.post(page, {"act": "preview", "slot": "x"}).content.decode()
    jobs.run_one(database_now())

    seen = Job.objects.get().result["view"]
    assert "what is published until then is not known" in seen["notice"]
    assert "This is a preview: nothing has been published or sent." in read(client, page)


def test_list_of_editions_costs_the_same_queries_for_many(django_assert_num_queries) -> None:
    edition, client = waiting()
    with CaptureQueriesContext(connection) as for_one:
        client.get(series(edition))
    for number in (2, 3):
        edition.pk, edition.number, edition.state = None, number, State.RELEASED
        lower = edition.period.upper
        edition.slot = lower + timedelta(days=1)
        edition.period = type(edition.period)(lower, edition.slot, "[)")
        edition.save()

    with django_assert_num_queries(len(for_one)):
        client.get(series(edition))
