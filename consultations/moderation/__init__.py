"""Deciding what waits: the queue, the verbs on each sort of case, and what people are told.

`queue` reads; `decide` (comments), `documents`, `claims`, `reports` and `bulk` change the world;
`record` writes down each decision, `letters` words the mails. Who may call a verb, `policy` says
at the door.
"""
