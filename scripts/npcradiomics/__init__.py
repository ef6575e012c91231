"""The numeric core: pure functions in rooms named after their subjects; it has never heard of Snakemake.

At the root lie three modules that any room may use: `files` (writing what is whole or not there),
`rounding` (how numbers are printed) and `compilation` (numba).
"""
