# `make demo` and `make test` are all a newcomer needs: Python 3.11, make and a C compiler.
# The environment lives in .venv and .bootstrap of this folder; nothing else on the machine is touched.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
CORES ?= $(shell nproc 2>/dev/null || echo 2)
UV_VERSION := 0.13.9
export NUMBA_CACHE_DIR ?= $(CURDIR)/.cache/numba
export UV_PYTHON_DOWNLOADS := never
export MPLCONFIGDIR ?= $(CURDIR)/.cache/matplotlib
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: setup demo test test-cluster lint clean

setup: .venv/.complete

# Packages and kernels are compiled here, once: a job starts in half the time. The stamp is written last, so that an interrupted set-up starts again.
.venv/.complete: pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
	  { echo "Python 3.11 is needed, $(PYTHON) is $$($(PYTHON) --version 2>&1); try: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@test -x .bootstrap/bin/uv || { $(PYTHON) -m venv --clear .bootstrap && .bootstrap/bin/pip install --quiet uv==$(UV_VERSION); }
	.bootstrap/bin/uv sync --quiet --locked --all-groups --compile-bytecode --python $(PYTHON)
	@PYTHONPATH=scripts .venv/bin/python -c "from npcradiomics.features import subregions; from npcradiomics.spatial_null import own_shape; subregions.warm_cache(); own_shape.warm_cache()"
	@touch $@

demo: setup
	@start=$$(date +%s); snakemake all response_study --cores $(CORES) --rerun-incomplete --quiet reason && { \
	echo; echo "$$(( $$(date +%s) - start )) s on $(CORES) cores. Tables, figures and one patient's pictures:"; \
	ls -1 results/*/tables/* results/*/figures/* results/heterogeneity/patients/REC001/figures/* results/heterogeneity/patients/REC001/null/*; }

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
