"""What comes in and goes out by the thousand.

`sheets` reads files, `columns` and `layouts` say what their columns mean, `rows` and `values` turn
a row into a response, `staging` compares it with what is there, `storing` stores it, and
`importer` tells the story. `exports` is the way out: `building` and `workbooks` are a worker's.
"""
