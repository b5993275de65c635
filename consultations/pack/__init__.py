"""The evidence pack: one ZIP that shows how a consultation was run, in the order of the Gunning
principles (R v Brent LBC ex p Gunning, 1985).

`opening`, `reasons`, `reach` and `considered` are the four principles; `chain` is the record's
verification, `invited` what is not public. Each returns plain values, of which one sheet's page
and JSON are made alike (`sheets`); `write` puts them into the ZIP, `asking` is the way to it.
"""
