"""The pages: settle access, read what the visitor may see, call one verb, answer."""
