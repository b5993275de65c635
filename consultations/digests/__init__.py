"""Editions and the mails that carry them: what is due, built once, planned once, read anywhere."""
