# The same commands as ./dev, for those who type make. `make scan SCAN=path` scans a path,
# `make test TEST="--fast -k shell"` runs the quick tests of that name, and
# `make agreement CLONES="path path"` counts clones as well as the fixtures,
# `make eval CLONES=dir [LABELS=file] [POLICY=name] [PAGE=docs/accuracy.md] [OPTIONS=--reports]` measures on labelled
# repositories and, with --reports, on public reports,
# `make fit [RECORDS=eval.jsonl] [OPTIONS=--write]` fits the estimate's weights to what eval has written,
# `make mutation [MODULES="sieve/proof.py"] [SAMPLE=700] [CHILDREN=2]` counts which faults put in on purpose the tests find,
# `make bench [CLONES=dir] [RUNS=5] [PEERS="name name"] [PAGE=docs/performance.md] [OPTIONS=...]` measures time and memory.
# `make hostile [NAMES="name name"]` scans trees that are made to hurt, and says what each costs.
# `make fuzz [TARGETS="name name"] [SECONDS=60] [PAGE=docs/quality.md]` shows readers texts that nobody wrote.
# `make differ [OF=names] [CLONES="path path"] [PAGE=docs/quality.md]` compares our readers with those of others.
.PHONY: help scan agreement eval fit bench hostile fuzz differ mutation test lint check docs rules sarif browser project site picture build pins

help:
	@./dev help

scan:
	@./dev scan $(SCAN)

agreement:
	@./dev agreement $(CLONES)

eval:
	@./dev eval $(CLONES) $(if $(LABELS),--labels $(LABELS)) $(if $(POLICY),--policy $(POLICY)) $(if $(PAGE),--page $(PAGE)) $(OPTIONS)

fit:
	@./dev fit $(or $(RECORDS),eval.jsonl) $(OPTIONS)

bench:
	@./dev bench $(CLONES) $(if $(RUNS),--runs $(RUNS)) $(PEERS:%=--peer %) $(if $(PAGE),--page $(PAGE)) $(OPTIONS)

mutation:
	@./dev mutation $(MODULES) $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(CHILDREN),--children $(CHILDREN))

hostile:
	@./dev hostile $(NAMES) $(if $(PAGE),--page $(PAGE))

fuzz:
	@./dev fuzz $(TARGETS) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(PAGE),--page $(PAGE))

differ:
	@./dev differ $(CLONES) $(OF:%=--of %) $(if $(PAGE),--page $(PAGE))

test:
	@./dev test $(TEST)

lint check docs rules sarif browser project site picture build pins:
	@./dev $@
