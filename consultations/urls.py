"""Every page, one flat list in sections; a route, its view and its template share one name."""

from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter

from consultations.api import views as api
from consultations.models.addresses import REFERENCE
from consultations.views import (
    appeals,
    claims,
    comments,
    consultations,
    desk,
    digests,
    documents,
    downloads,
    drafts,
    evidence,
    feeds,
    invitations,
    mail,
    members,
    moderation,
    official,
    organisations,
    pages,
    people,
    personal,
    questions,
    recommendations,
    reports,
    responses,
    results,
    sign_off,
    subscriptions,
)


class ReferenceConverter(StringConverter):
    """A comment's reference: eight of thirty characters that are not mistaken for others."""

    regex = REFERENCE


class TokenConverter(StringConverter):
    """A random token, as `secrets.token_urlsafe` makes it."""

    regex = "[A-Za-z0-9_-]{16,40}"


register_converter(ReferenceConverter, "reference")
register_converter(TokenConverter, "token")

API = "api/v1/"
CONSULTATION = "consultations/<slug:slug>/"
RECOMMENDATION = CONSULTATION + "recommendations/<int:number>/"
QUESTION = CONSULTATION + "questions/<int:number>/"
COMMENT = RECOMMENDATION + "comments/<reference:reference>/"
APPEAL = CONSULTATION + "response/decisions/<int:decision>/appeal/"
DOWNLOAD = CONSULTATION + "download/"
EVIDENCE = CONSULTATION + "response/document/"
DESK = "organisations/<reference:organisation>/desk/"

urlpatterns = [
    # reading
    path("", consultations.home, name="consultations.home"),
    path(CONSULTATION, consultations.show, name="consultations.show"),
    path(CONSULTATION + "print/", consultations.printed, name="consultations.printed"),
    path("preview/<token:token>/", consultations.preview, name="consultations.preview"),
    path(RECOMMENDATION, recommendations.show, name="recommendations.show"),
    path(COMMENT, comments.show, name="comments.show"),
    path(
        CONSULTATION + "organisations/<reference:organisation>/",
        organisations.show,
        name="organisations.show",
    ),
    path(CONSULTATION + "moderation/", moderation.show, name="moderation.show"),
    path(CONSULTATION + "results/", results.show, name="results.show"),
    path(CONSULTATION + "results/card/", results.card, name="results.card"),
    path(CONSULTATION + "official-response/", official.show, name="official.show"),
    path(CONSULTATION + "official-response/feed/", feeds.official, name="feeds.official"),
    path(CONSULTATION + "documents/", documents.index, name="documents.index"),
    path(
        CONSULTATION + "documents/<reference:reference>/", documents.fetch, name="documents.fetch"
    ),
    path(DOWNLOAD, downloads.index, name="downloads.index"),
    path(DOWNLOAD + "everything.xlsx", downloads.workbook, name="downloads.workbook"),
    path(DOWNLOAD + "themefinder.zip", downloads.for_themefinder, name="downloads.for_themefinder"),
    path(DOWNLOAD + "<slug:table>.csv", downloads.csv, name="downloads.csv"),
    path(
        DOWNLOAD + "<slug:table>.csv-metadata.json", downloads.metadata, name="downloads.metadata"
    ),
    path(DOWNLOAD + "<slug:table>.jsonl", downloads.lines, name="downloads.lines"),
    path(DOWNLOAD + "<slug:table>.schema.json", downloads.schema, name="downloads.schema"),
    path(COMMENT + "report/", reports.make, name="reports.make"),
    path(COMMENT + "report/thanks/", reports.thanks, name="reports.thanks"),
    # answering
    path(RECOMMENDATION + "comment/", comments.post, name="comments.post"),
    path(RECOMMENDATION + "draft/", drafts.save, name="drafts.save"),
    path(RECOMMENDATION + "draft/discard/", drafts.discard, name="drafts.discard"),
    path(RECOMMENDATION + "receipt/", comments.receipt, name="comments.receipt"),
    path(RECOMMENDATION + "withdraw/", comments.withdraw, name="comments.withdraw"),
    path(QUESTION, questions.answer, name="questions.answer"),
    path(QUESTION + "draft/discard/", questions.discard, name="questions.discard"),
    path(QUESTION + "withdraw/", questions.withdraw, name="questions.withdraw"),
    path(CONSULTATION + "response/", responses.mine, name="responses.mine"),
    path(CONSULTATION + "response/check/", responses.check, name="responses.check"),
    path(
        CONSULTATION + "response/confidentiality/",
        responses.confidentiality,
        name="responses.confidentiality",
    ),
    path(CONSULTATION + "response/receipt/", responses.receipt, name="responses.receipt"),
    path(CONSULTATION + "response/print/", responses.printed, name="responses.printed"),
    path(APPEAL, appeals.make, name="appeals.make"),
    path(APPEAL + "received/", appeals.show, name="appeals.show"),
    path(EVIDENCE, evidence.mine, name="evidence.mine"),
    path(EVIDENCE + "<reference:reference>/send/", evidence.send, name="evidence.send"),
    path(EVIDENCE + "<reference:reference>/choose/", evidence.choose, name="evidence.choose"),
    path(EVIDENCE + "<reference:reference>/remove/", evidence.remove, name="evidence.remove"),
    # invitations
    path(
        CONSULTATION + "invitation/<token:token>/",
        invitations.show,
        name="invitations.show",
    ),
    path(
        CONSULTATION + "invitation/<token:token>/decline/",
        invitations.decline,
        name="invitations.decline",
    ),
    path(CONSULTATION + "response/sign-off/", sign_off.state, name="sign_off.state"),
    path(CONSULTATION + "response/approval/", sign_off.approve, name="sign_off.approve"),
    # the organisation's desk
    path(DESK, desk.show, name="desk.show"),
    path(DESK + "invite/", desk.invite, name="desk.invite"),
    path(DESK + "take-back/", desk.take_back, name="desk.take_back"),
    path(DESK + "people/<int:member>/", members.show, name="members.show"),
    path(CONSULTATION + "notes/", desk.notes, name="desk.notes"),
    path("join/<token:token>/", desk.join, name="desk.join"),
    # digests
    path(CONSULTATION + "digests/", digests.index, name="digests.index"),
    path(CONSULTATION + "digests/feed/", feeds.editions, name="feeds.editions"),
    path(CONSULTATION + "digests/settings/", digests.settings, name="digests.settings"),
    path(CONSULTATION + "digests/<int:number>/", digests.show, name="digests.show"),
    path(CONSULTATION + "digests/<int:number>.json", digests.record, name="digests.record"),
    path(CONSULTATION + "digests/<int:number>.xlsx", digests.workbook, name="digests.workbook"),
    path("u/<token:token>", mail.unsubscribe, name="mail.unsubscribe"),
    # people
    path("account/", people.account, name="people.account"),
    path("account/claims/<int:membership>/appeal/", claims.appeal, name="claims.appeal"),
    path("account/write-for/", people.write_for, name="people.write_for"),
    path("account/e-mails/", subscriptions.mine, name="subscriptions.mine"),
    path(
        "account/e-mails/start-again/",
        subscriptions.start_again,
        name="subscriptions.start_again",
    ),
    path("account/copy/", personal.copy, name="personal.copy"),
    path("account/copy/fetch/", personal.fetch, name="personal.fetch"),
    path("account/delete/", personal.erase, name="personal.erase"),
    path("account/deleted/", personal.erased, name="personal.erased"),
    path("about-you/", people.about_you, name="people.about_you"),
    path("about-you/organisation/", people.organisation, name="people.organisation"),
    # for programs
    path(API, api.index, name="api.index"),
    path(API + "openapi.json", api.openapi, name="api.openapi"),
    path(API + "consultations/", api.consultations, name="api.consultations"),
    path(API + CONSULTATION, api.consultation, name="api.consultation"),
    path(API + CONSULTATION + "recommendations/", api.recommendations, name="api.recommendations"),
    path(API + RECOMMENDATION + "comments/", api.comments, name="api.comments"),
    path(API + COMMENT, api.comment, name="api.comment"),
    path(API + CONSULTATION + "editions/", api.editions, name="api.editions"),
    path(API + CONSULTATION + "editions/<int:number>/", api.edition, name="api.edition"),
    path(
        API + CONSULTATION + "official-response/",
        api.official_response,
        name="api.official_response",
    ),
    path(API + CONSULTATION + "results/", api.results, name="api.results"),
    re_path(r"^api/(?P<elsewhere>(?s:.*))", api.nothing, name="api.nothing"),
    # about this site
    path("accessibility/", pages.accessibility, name="pages.accessibility"),
    path("privacy/", pages.privacy, name="pages.privacy"),
    path("formats/", pages.formats, name="pages.formats"),
    path("method/", pages.method, name="pages.method"),
    path("contact/", pages.contact, name="pages.contact"),
    path("data/", pages.data, name="pages.data"),
    path("data/columns/", pages.columns, name="pages.columns"),
]
