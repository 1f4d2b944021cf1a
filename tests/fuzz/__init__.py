"""Coverage-guided fuzzing of whatever reads what strangers wrote: `make fuzz`."""
