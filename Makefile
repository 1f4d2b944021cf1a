# The same commands as ./dev, for those who type make. `make scan SCAN=path` scans a path.
.PHONY: help scan test lint check docs rules sarif

help:
	@./dev help

scan:
	@./dev scan $(SCAN)

test lint check docs rules sarif:
	@./dev $@
