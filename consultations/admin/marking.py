"""What the marks and the campaign of a case mean, each in a sentence: they label, never decide."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.models import Campaign, Case


def sentences(case: Case) -> list[str]:
    """Return a sentence for each mark that was set on arrival."""
    return [_sentence(mark) for mark in case.marks]


def campaign_of(case: Case) -> Campaign | None:
    """Return the campaign that the version which waits stands in, with others, if any."""
    version = case.comment.submitted_version if case.comment else None
    likeness = getattr(version, "likeness", None)
    campaign: Campaign | None = likeness.campaign if likeness else None
    return campaign if campaign and campaign.size > 1 else None


def how_many(campaign: Campaign) -> str:
    """Say how many are like this, and how many of them add something."""
    like = ngettext("%(n)s like this", "%(n)s like this", campaign.size) % {"n": campaign.size}
    if not campaign.own:
        return like
    return _("%(like)s, %(own)s of them with something of their own") % {
        "like": like,
        "own": campaign.own,
    }


def page_of(campaign: Campaign) -> str:
    """Return the address of a campaign's page."""
    return reverse("admin:consultations_campaign_change", args=[campaign.pk])


def _sentence(mark: object) -> str:
    if not isinstance(mark, dict):
        return str(mark)
    number = int(mark.get("count", 1))
    said = _told(str(mark.get("code", "")), number)
    return said % {"n": number} if said else str(mark.get("name", mark.get("code", "")))


def _told(code: str, n: int) -> str:
    """Return the sentence of a mark, with a place for its number."""
    match code:
        case "card":
            return ngettext("Likely a card number.", "Likely %(n)s card numbers.", n)
        case "national_insurance":
            return ngettext(
                "Likely a national insurance number.",
                "Likely %(n)s national insurance numbers.",
                n,
            )
        case "email":
            return ngettext("Holds an e-mail address.", "Holds %(n)s e-mail addresses.", n)
        case "phone":
            return ngettext("Likely a telephone number.", "Likely %(n)s telephone numbers.", n)
        case "postcode":
            return ngettext("Holds a postcode.", "Holds %(n)s postcodes.", n)
        case "links":
            return ngettext("Holds a link.", "Holds %(n)s links.", n)
        case "repeated_text":
            return ngettext(
                "The author says the same on another recommendation.",
                "The author says the same on %(n)s other recommendations.",
                n,
            )
        case "reported":
            return ngettext(
                "Out of public view: %(n)s reader reported it.",
                "Out of public view: %(n)s readers reported it.",
                n,
            )
    return _plain(code)


def _plain(code: str) -> str:
    match code:
        case "shouting":
            return _("%(n)s in 100 letters are capitals.")
        case "repeated_characters":
            return _("Repeats characters or words.")
        case "language":
            return _("Seems to be in another language than the consultation’s.")
        case "rate_account":
            return _("Number %(n)s from this account within an hour.")
        case "rate_organisation":
            return _("Number %(n)s from this organisation within an hour.")
        case "rate_address":
            return _("Number %(n)s from one range of addresses within an hour.")
    return ""
