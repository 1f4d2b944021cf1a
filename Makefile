# The same commands as ./dev, for those who type make. `make scan SCAN=path` scans a path, and
# `make agreement CLONES="path path"` counts clones as well as the fixtures,
# `make eval CLONES=dir [LABELS=file] [POLICY=name] [PAGE=docs/accuracy.md]` measures on labelled repositories.
.PHONY: help scan agreement eval test lint check docs rules sarif

help:
	@./dev help

scan:
	@./dev scan $(SCAN)

agreement:
	@./dev agreement $(CLONES)

eval:
	@./dev eval $(CLONES) $(if $(LABELS),--labels $(LABELS)) $(if $(POLICY),--policy $(POLICY)) $(if $(PAGE),--page $(PAGE))

test lint check docs rules sarif:
	@./dev $@
