"""Which signals does what the files state match? The only room that asks the signal table."""
