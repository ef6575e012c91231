"""The methods as a paper can print them: sentences made from the settings that ran, by study and subject, and the
literature they cite. Comes in: settings, versions and counts of provenance.json and of the patients table. Goes out:
paragraphs, as text, as a table and as BibTeX.
"""
