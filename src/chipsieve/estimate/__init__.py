"""On which accelerators was the project most likely trained? Families with probabilities, and the lines behind them."""
