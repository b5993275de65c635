"""The results of a consultation: counted by a worker once per change, read as one row.

The counting itself is that of the editions (`analysis/facts.py`): same rows, same merging.
"""
