"""What a rule's script runs in: its log, its one line on failure, where its results come from.

Also who failed and why, which code a rule depends on, and what differs between two folders of
results. Comes in: what Snakemake hands to a script. Goes out: exit codes and records, no numbers.
"""
