"""What the public may read, as JSON under `/api/v1/`: the doors, their answers, their description.

Nobody logs in here: an answer is what anybody may read, whoever asks, so that it may be kept and
shared. What stands in a record is said in `records`, where exports read it too.
"""
