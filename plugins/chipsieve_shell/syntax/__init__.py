"""Which commands does a text hold, and where? The grammar: a masking scanner in front of a resuming parser."""
