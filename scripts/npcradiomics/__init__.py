"""Numeric core of the two studies: pure functions, one module per subject; it never imports snakemake."""
