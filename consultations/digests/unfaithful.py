"""What stops an edition: it would not say what its comments and decisions say."""


class UnfaithfulSummaryError(ValueError):
    """A summary that differs from what it was made from; it is not published."""
