"""How numbers are printed, everywhere: tables, captions, paragraphs.

Files named .tsv keep full precision.
"""

import math

MISSING = "NA"


def p_text(p):
    """p as Table 2 prints it: four decimals, "<0.0001" below that (a p of 0.00005 is below, not 0.0001)."""
    if _missing(p):
        return MISSING
    if not 0 <= p <= 1:
        raise ValueError(f"p is {p}, expected 0 to 1")
    return "<0.0001" if p < 0.0001 else f"{p:.4f}"


def p_words(p):
    """p behind the letter p in a sentence or a title: "= 0.0002", "< 0.0001", "NA"."""
    text = p_text(p)
    if text == MISSING:
        return text
    return f"< {text[1:]}" if text.startswith("<") else f"= {text}"


def scientific_text(value):
    """Mean and SD as Table 2 prints them: 4.06E-02."""
    if _missing(value):
        return MISSING
    # Adding zero turns -0.0, which would print a sign, into 0.0.
    return f"{value + 0.0:.2E}"


def fixed_text(value, decimals):
    """A plain number with so many decimals, never "-0.00"."""
    if _missing(value):
        return MISSING
    return f"{round(float(value), decimals) + 0.0:.{decimals}f}"


def percent_text(share, decimals=0):
    """0.71 -> "71 %"."""
    return MISSING if _missing(share) else f"{fixed_text(100 * share, decimals)} %"


def count_text(value):
    """A whole number; refuses 3.5 rather than rounding it."""
    if _missing(value):
        return MISSING
    if value != int(value):
        raise ValueError(f"{value} is no whole number")
    return str(int(value))


def interval_text(low, high, decimals=2):
    """0.2322, 1.468 -> "0.23 to 1.47": "to", since a dash beside a minus sign cannot be read."""
    if _missing(low) or _missing(high):
        return MISSING
    return f"{fixed_text(low, decimals)} to {fixed_text(high, decimals)}"


def _missing(value):
    return value is None or math.isnan(value)
