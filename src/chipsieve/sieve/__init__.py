"""Which accelerators does the evidence exclude, step by step, and what follows for the repository?"""
