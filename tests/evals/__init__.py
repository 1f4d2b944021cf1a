"""How right is chipsieve on labelled repositories? Run by `make eval`; docs/accuracy.md has the figures."""
