"""How fast is chipsieve, beside its peers and as trees grow?

Run by `make bench`; docs/performance.md has the figures.
"""
