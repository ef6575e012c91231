# `make demo` and `make test` are all a newcomer needs: Python (3.11 to 3.14) with its headers, make and a C compiler.
# The environment lives in .venv and .bootstrap of this folder; nothing else on the machine is touched.

CORES ?= $(shell nproc 2>/dev/null || echo 2)
export NUMBA_CACHE_DIR ?= $(CURDIR)/.cache/numba
export MPLCONFIGDIR ?= $(CURDIR)/.cache/matplotlib
export PYTHON
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: setup demo test test-cluster lint clean

setup: .venv/.complete

# Also where the stamp is another folder's: the clone was moved or copied.
ifneq ($(shell cat .venv/.complete 2>/dev/null),$(CURDIR))
.PHONY: .venv/.complete
endif

.venv/.complete: pyproject.toml uv.lock envs/viewer.sh
	@sh envs/setup.sh

demo: setup
	@start=$$(date +%s); snakemake all response_study --configfile config/demo.yaml --cores $(CORES) --rerun-incomplete --quiet reason && { \
	echo; echo "$$(( $$(date +%s) - start )) s on $(CORES) cores, in results/demo. To open first:"; \
	echo "  heterogeneity/report.html                 was the part that came back different? Answer, tables, figures, patients"; \
	echo "  heterogeneity/cohort/registration.html    every registration, most doubtful first"; \
	echo "  response/report.html                      does the score say more than volume?"; }

# On two workers, a file each: what a file's tests share is made once. -n 0 for one test under a debugger.
test: setup
	python -m pytest -n 2 --dist loadfile

# As root on Debian: installs slurm-wlm and munge, starts a SLURM on this machine, stops it afterwards.
test-cluster: setup
	CLUSTER_TESTS=1 python -m pytest tests/cluster

# The same commands as in .pre-commit-config.yaml; tests/workflow/test_pins.py holds the two equal.
lint: setup
	ruff check .
	ruff format --check .
	snakefmt --check Snakefile workflow
	snakemake --lint

clean:
	rm -rf .venv .bootstrap .cache .snakemake
