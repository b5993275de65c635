"""Every model is carried, found again or left behind for a reason; every number leads somewhere."""

from django.apps import apps

from consultations import ledger
from consultations.exchange.transfer.carried import LEFT, OWN, SHARED, leads_to, model_of, rows
from consultations.exchange.transfer.inserting import STOOD
from consultations.exchange.transfer.numbering import SAME


def test_every_model_is_carried_or_left_behind_for_a_reason() -> None:
    installed = {model._meta.label for model in apps.get_models(include_auto_created=True)}

    assert sorted([*OWN, *SHARED, *LEFT]) == sorted(installed)
    assert [label for label, why in LEFT.items() if " " not in why] == []
    assert set(SAME) == set(SHARED)


def test_every_row_that_is_carried_names_rows_that_are_carried() -> None:
    named = {
        f"{label}.{field.name}": leads_to(field)
        for label in (*OWN, *SHARED)
        for field in model_of(label)._meta.concrete_fields
        if field.is_relation
    }

    assert {name: to for name, to in named.items() if to not in {*OWN, *SHARED}} == {}


def test_every_path_leads_to_the_consultation() -> None:
    assert all("WHERE" in str(rows(label, 1).query) for label in OWN)


def test_every_number_in_json_names_a_model() -> None:
    labels = {model._meta.label for model in apps.get_models()}

    assert {*ledger.NAMED.values(), *STOOD.values()} <= labels
