"""Consultations on policy reports: recommendations, comments, moderation and digests."""
