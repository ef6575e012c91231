"""Who the patients are: configuration and patients table against their schemas, which files are a patient's, what those
files are, and who enters the cohort or is left out, with the reason. Comes in: YAML, tables,
headers. Goes out: rows.
"""
