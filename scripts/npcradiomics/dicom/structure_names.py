"""Which structure is the tumour, and which the recurrence, by the names people give them.

Only an offer to a person.
"""

import re

# On the name without case, spaces and signs.
NODE = re.compile(r"gtv(n(\d|$|d|l|r|o)|ln|rpn|rln)")
RECURRENCE = re.compile(r"gtv(r\d*$|\w*rec)|r(ec)?gtv|(local)?recurr|relapse")
TUMOUR = re.compile(r"gtv|(gross)?tumou?r(volume)?\d*$")
# Made from a contour, or for the optimizer: no one drew these.
DERIVED = re.compile(r"\+|\d\s*[mc]m|ring|margin|exp|opt|old|minus|avoid|[pc]tv", re.IGNORECASE)

TARGET = re.compile(r"(ctv|ptv)[a-z]*?(\d{4}|\d{2}(?:[.,]\d+)?)(?:c?gy)?$")


def guess_targets(names: list[str]) -> list[tuple[str, float]]:
    """Target volumes with the prescription in gray that their names say (CTV70, PTV_5940cGy), highest first.

    Clinical target volumes, or planning ones where none of those says it. Two of one prescription,
    and names with `;`, `=` or `#`, which a cell of the patients table cannot hold, are left out.
    """
    found = {"ctv": {}, "ptv": {}}
    for name in names:
        said = TARGET.match(re.sub(r"[\s_-]", "", name.casefold()))
        if said and not set(";=#") & set(name):
            gray = float(said[2].replace(",", ".")) / (
                100.0 if len(said[2]) == 4 and said[2].isdigit() else 1.0
            )
            if 20.0 <= gray <= 90.0:
                found[said[1]].setdefault(gray, []).append(name)
    chosen = found["ctv"] or found["ptv"]
    return [(own[0], gray) for gray, own in sorted(chosen.items(), reverse=True) if len(own) == 1]


def guess_structures(column, names):
    """The names, in their order, that may be meant by column gtv or gtvr: one is a guess, several are a question.

    gtv: begins with GTV or is called tumour, is no lymph node, no recurrence and no margin. gtvr:
    is called recurrence, GTVr, rGTV or the like; or else whatever would do for gtv, because at
    recurrence the contour is often called GTV again.
    """
    drawn = [name for name in names if not DERIVED.search(name)]
    recurrences = [name for name in drawn if RECURRENCE.match(_bare(name))]
    if column == "gtvr" and recurrences:
        return recurrences
    tumours = [name for name in drawn if TUMOUR.match(_bare(name)) and not NODE.match(_bare(name))]
    return [name for name in tumours if name not in recurrences]


def _bare(name):
    return re.sub(r"[^a-z0-9]", "", name.casefold())
