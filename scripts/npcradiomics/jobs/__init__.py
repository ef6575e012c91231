"""What a rule's script runs in: its log and its one line on failure, who failed and why, where results come from, and
which code a rule depends on. Comes in: what Snakemake hands to a script. Goes out: exit codes and
records, no numbers.
"""
