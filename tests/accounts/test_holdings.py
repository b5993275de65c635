"""Every foreign key to a person is in the copy, or left out for a reason that is written down."""

from django.apps import apps

from consultations.accounts.holdings import HOLDINGS, KEYS
from consultations.models import User


def test_every_foreign_key_to_a_person_is_copied_or_has_a_reason() -> None:
    found = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.related_model is User
    }

    assert found == set(KEYS)


def test_every_key_names_a_section_or_gives_a_reason_in_words() -> None:
    unknown = {key: said for key, said in KEYS.items() if said not in HOLDINGS and " " not in said}

    assert unknown == {}
