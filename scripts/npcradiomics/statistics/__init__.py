"""What a cohort of pairs says.

Normality, paired tests, effect sizes, correlations, principal components, what size alone would
give, what single patients carry, and the paper's printed rows. Comes in: tables. Goes out: tables.
Uses no other room.
"""
