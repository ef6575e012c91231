"""Sentences that must stand on whatever is made from a simulated cohort."""

SIMULATED_NOTE = "Simulated patients: no clinical data"
