"""Mail: letters, the outbox that every one of them leaves through, and their delivery."""
