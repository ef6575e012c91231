"""How numbers are printed, everywhere: tables, captions, paragraphs.

Files named .tsv keep full precision. A missing value (None, NaN) is printed as MISSING.
"""

import math

MISSING = "NA"


def p_text(p: float | None) -> str:
    """Print p as Table 2 does: four decimals, "<0.0001" below that (0.00005 is below)."""
    if _missing(p):
        return MISSING
    if not 0 <= p <= 1:
        raise ValueError(f"p is {p}, expected 0 to 1")
    return "<0.0001" if p < 0.0001 else f"{p:.4f}"


def p_words(p: float | None) -> str:
    """Print p behind the letter p in a sentence or a title: "= 0.0002", "< 0.0001", "NA"."""
    text = p_text(p)
    if text == MISSING:
        return text
    return f"< {text[1:]}" if text.startswith("<") else f"= {text}"


def scientific_text(value: float | None) -> str:
    """Mean and SD as Table 2 prints them: 4.06E-02."""
    if _missing(value):
        return MISSING
    # Adding zero turns -0.0, which would print a sign, into 0.0.
    return f"{value + 0.0:.2E}"


def fixed_text(value: float | None, decimals: int) -> str:
    """A plain number with so many decimals, never "-0.00"."""
    if _missing(value):
        return MISSING
    return f"{round(float(value), decimals) + 0.0:.{decimals}f}"


def percent_text(share: float | None, decimals: int = 0) -> str:
    """A share as a percentage: 0.71 becomes "71 %"."""
    return MISSING if _missing(share) else f"{fixed_text(100 * share, decimals)} %"


def limit_text(share: float) -> str:
    """A limit as a percentage with the digits that it was given: 0.975 becomes "97.5 %"."""
    return f"{100 * share:g} %"


def count_text(value: float | None) -> str:
    """A whole number; refuses 3.5 rather than rounding it."""
    if _missing(value):
        return MISSING
    if value != int(value):
        raise ValueError(f"{value} is no whole number")
    return str(int(value))


def interval_text(low: float | None, high: float | None, decimals: int = 2) -> str:
    """0.2322, 1.468 become "0.23 to 1.47": a dash beside a minus sign cannot be read."""
    if _missing(low) or _missing(high):
        return MISSING
    return f"{fixed_text(low, decimals)} to {fixed_text(high, decimals)}"


def _missing(value):
    return value is None or math.isnan(value)
