# The same commands as ./dev, for those who type make. `make scan SCAN=path` scans a path, and
# `make agreement CLONES="path path"` counts clones as well as the fixtures.
.PHONY: help scan agreement test lint check docs rules sarif

help:
	@./dev help

scan:
	@./dev scan $(SCAN)

agreement:
	@./dev agreement $(CLONES)

test lint check docs rules sarif:
	@./dev $@
