"""The API keeps to its own description: schemathesis asks what it allows, and what not."""

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest
import schemathesis
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from pytest_django.live_server_helper import LiveServer
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode

from consultations.api import answers
from consultations.models import Comment, OfficialAnswer, database_now
from consultations.results import keep
from tests import factories
from tests.results.scene import make_answered

EXAMPLES = 12
KNOWN = {"slug": "report", "number": 1}
DOORS = 9


@pytest.fixture
def address(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Publish comments and an answer, and count them; nobody is refused for asking much."""
    monkeypatch.setattr(answers, "MOST", 1_000_000)
    now = timezone.now()
    consultation = make_answered("report", each=2, closes_at=now - timedelta(hours=1))
    factories.make_official(consultation.recommendations.get())
    keep.refresh(database_now() + timedelta(seconds=1))
    assert Comment.objects.filter(listed=True).count() == 24
    assert OfficialAnswer.objects.exists()
    return f"{live_server.url}/api/v1/openapi.json"


@pytest.mark.exhaustive
def test_every_answer_is_one_that_the_description_allows(address: str) -> None:
    load_all_checks()
    checks = CHECKS.get_all()
    schema = schemathesis.openapi.from_url(address)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) == DOORS

    for operation in operations:
        for mode in GenerationMode:
            for known in (True, False):
                ask(operation, mode, checks, known=known)


def ask(
    operation: schemathesis.APIOperation, mode: GenerationMode, checks: list, *, known: bool
) -> None:
    """Ask one door, by the names of what is there where they are `known`."""

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=os.environ.get("CI") == "true",
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def asked(case: schemathesis.Case) -> None:
        if known:
            there = case.path_parameters or {}
            case.path_parameters = {**there, **{n: v for n, v in KNOWN.items() if n in there}}
        case.call_and_validate(checks=checks)

    asked()
