"""Checklists a radiomics paper is asked for (METRICS, CLEAR, IBSI, TRIPOD+AI), filled as far as the software knows, and
METRICS' score. Comes in: the items with their rules, and what a finished run says of itself. Goes out: answers with
evidence. Nothing is guessed that only the authors know.
"""
