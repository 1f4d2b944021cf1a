"""On which accelerators was the project most likely trained? Families of chips with probabilities, and every line for and against."""
