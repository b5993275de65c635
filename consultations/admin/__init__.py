"""Django's own admin: what staff see and may do is read from `policy`; actions call the verbs.

One module for each subject; `site` is the door, `base` what all pages share.
"""

from consultations.admin import (
    cases,
    comments,
    confidentiality,
    consultations,
    decisions,
    invitations,
    mail,
    organisations,
    people,
    recommendations,
    records,
    reference,
    responses,
    site,
)

__all__ = [
    "cases",
    "comments",
    "confidentiality",
    "consultations",
    "decisions",
    "invitations",
    "mail",
    "organisations",
    "people",
    "recommendations",
    "records",
    "reference",
    "responses",
    "site",
]
