"""Which inputs are made to hurt, and what does each cost? `make hostile`."""
