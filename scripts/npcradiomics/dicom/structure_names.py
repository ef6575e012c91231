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
