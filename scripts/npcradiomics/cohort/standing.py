"""Where a patient stands, which his page says first: in the cohort, or out of it, by whom and why."""

from typing import NamedTuple

from npcradiomics.rounding import limit_text, percent_text

WORDS = {
    "in": "In the cohort",
    "refused": "Out until a person decides: refused by the checks",
    "failed": "Out: failed",
    "rejected": "Out: rejected by a person",
    "excluded": "Out: excluded by the config",
    "not in field": "Out: recurrence not in field",
}


class Standing(NamedTuple):
    """state: a key of WORDS; reason: "" where nothing more is to be said."""

    state: str
    reason: str


def standing(
    refusal: str,
    review: str,
    note: str,
    out: dict | None,
    in_field_fraction: float | None,
    in_field_minimum: float,
) -> Standing:
    """Where a patient stands, by whatever is known before the cohort is made.

    Parameters
    ----------
    refusal : str
        Of ``registration.verdict.refusal``: why the checks refuse him, "" if they do not.
    review, note : str
        "accept", "reject" or "", and the person's reason.
    out : dict or None
        rule and reason of a patient who is out before anything is computed.
    in_field_fraction : float or None
        Share of the carried GTVr inside the 95 % isodose, None where it is not known.
    in_field_minimum : float
        Share from which a recurrence counts as in field.
    """
    if out and out["rule"] == "exclude":
        return Standing("excluded", out["reason"].removeprefix("exclude: "))
    if review == "reject":
        return Standing("rejected", note)
    if refusal:
        return Standing("refused", refusal)
    if out:
        return Standing("failed", f"{out['rule']}: {out['reason']}")
    if in_field_fraction is not None and in_field_fraction < in_field_minimum:
        return Standing("not in field", in_field_words(in_field_fraction, in_field_minimum))
    return Standing("in", f"registration accepted by a person: {note}" if review else "")


def in_field_words(fraction: float, minimum: float) -> str:
    """The share of GTVr in field, and what is asked for."""
    return f"{share_words(fraction)}, at least {limit_text(minimum)} needed"


def share_words(fraction: float) -> str:
    """The share by which Akram's rule decides: of voxels, where the class of a failure is by volume."""
    return f"{percent_text(fraction, 1)} of GTVr's voxels inside the 95 % isodose"
