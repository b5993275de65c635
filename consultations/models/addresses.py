"""References: the names that rows carry in public, where a primary key never stands."""

import secrets

# Without the letters and digits that are mistaken for one another on paper or the telephone.
REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE = f"[{REFERENCE_ALPHABET}]{{8}}"


def new_reference() -> str:
    """Return a random eight-character reference (30^8, some 6.6e11, possibilities)."""
    return "".join(secrets.choice(REFERENCE_ALPHABET) for _n in range(8))
