"""Summaries of what people said on a recommendation: comments in, a frozen Summary out.

The door is `analysis.summary` (`summarise`) and `analysis.verify` (`verify`). Nothing is imported
here, so that `duplicates` and `personal` can be used where numpy may not be loaded.
"""
