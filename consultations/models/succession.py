"""Which body an organisation counts as by now: bodies end, are merged, and have successors."""

from datetime import date

from django.db.models import Q

from consultations.models.organisations import Organisation


def successors(on: date) -> dict[int, int]:
    """Return the last body in force on that day of each one that has another after it (one query).

    An entry that was merged counts as the one it was merged into; a body as its successor, once
    that has begun. A response stays its author's. Whoever leads back to themselves stays there.
    """
    rows = Organisation.objects.filter(
        Q(merged_into__isnull=False)
        | Q(successor__isnull=False, successor__starts__isnull=True)
        | Q(successor__starts__lte=on)
    ).values_list("pk", "merged_into_id", "successor_id", "successor__starts")
    following: dict[int, int] = {}
    for number, merged_into, successor, starts in rows:
        begun = successor if starts is None or starts <= on else None
        after = merged_into or begun
        if after is not None:
            following[number] = after
    return {number: _last(number, following) for number in following}


def _last(number: int, following: dict[int, int]) -> int:
    seen = {number}
    while number in following and following[number] not in seen:
        number = following[number]
        seen.add(number)
    return number
