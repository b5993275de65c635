"""A consultation written whole to one file, and read back into another database: equal but for ids.

Whole is what `carried` says of every model: what belongs to the consultation, and of what belongs
to the whole site (people, organisations, lists) the rows that it names. Such a row that the other
site has already is found by its address, reference or code, and never overwritten; no password, no
second factor and no right to open the admin goes along. What stays behind has its reason there.

`dumping` and `choosing` write, `loading`, `numbering` and `inserting` read; `file` is the format:
gzipped JSON Lines, one row a line, {"model": {column: value}}, a header before and, behind,
how many rows of each model there are and the SHA-256 of every byte before. Rows keep their numbers
in the file and get new ones here; references, tokens and hashes stay, so that links, unsubscribing
and the record go on (`ledger.origins` translates its numbers back to verify it).
"""

from consultations.exchange.transfer.dumping import dump
from consultations.exchange.transfer.file import TransferError
from consultations.exchange.transfer.loading import load

__all__ = ["TransferError", "dump", "load"]
