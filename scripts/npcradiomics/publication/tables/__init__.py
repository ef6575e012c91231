"""Tables in four formats (TSV, Markdown, LaTeX, Word), and the paragraphs that stand under them."""
