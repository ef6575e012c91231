"""Self-contained HTML pages with the pictures they show: a patient's registration, and the overview of the cohort."""
