"""Which runs does this tree start, and what takes effect in each? Readings to launches; sees all readings."""
