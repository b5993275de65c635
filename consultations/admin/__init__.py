"""Django's own admin: what staff see and may do is read from `policy`; actions call the verbs.

One module for each subject; `site` is the door, `base` what all pages share.
"""

from consultations.admin import (
    campaigns,
    cases,
    comments,
    confidentiality,
    consultations,
    decisions,
    documents,
    invitations,
    mail,
    organisations,
    people,
    questions,
    recommendations,
    records,
    reference,
    responses,
    site,
    trust,
)

__all__ = [
    "campaigns",
    "cases",
    "comments",
    "confidentiality",
    "consultations",
    "decisions",
    "documents",
    "invitations",
    "mail",
    "organisations",
    "people",
    "questions",
    "recommendations",
    "records",
    "reference",
    "responses",
    "site",
    "trust",
]
