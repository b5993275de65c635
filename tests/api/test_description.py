"""The API keeps to its own description: schemathesis asks what it allows, and what not."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import schemathesis
from django.core.cache import caches
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation import GenerationMode

from consultations.models import database_now
from consultations.results import keep
from tests import factories
from tests.digests.scene import say

pytestmark = [pytest.mark.django_db, pytest.mark.exhaustive]
EXAMPLES = 12
KNOWN = {"slug": "report", "number": 1}


@pytest.fixture(autouse=True)
def answered() -> Iterator[None]:
    """Publish a comment and count it, so that there is something to read; nobody is refused."""
    now = timezone.now()
    fields = {"opens_at": now - timedelta(days=9), "closes_at": now + timedelta(days=9)}
    consultation = factories.make_consultation("report", recommendations=1, **fields)
    say(consultation.recommendations.get(), 0, at=now - timedelta(days=1))
    keep.refresh(database_now())
    # as Django's own test client does: the server's end of a request ends no test's transaction
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
    caches["requests"].clear()


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("known", [True, False])
def test_every_answer_is_one_that_the_description_allows(mode: GenerationMode, known: bool) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) == 9

    for operation in operations:

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def asked(case: schemathesis.Case) -> None:
            caches["requests"].clear()
            if known:
                there = case.path_parameters or {}
                case.path_parameters = {**there, **{n: v for n, v in KNOWN.items() if n in there}}
            case.call_and_validate()

        asked()
