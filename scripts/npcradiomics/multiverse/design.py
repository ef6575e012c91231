"""Axes, values and universes: which paths through the open choices are measured."""

import itertools
from collections.abc import Mapping, Sequence
from typing import NamedTuple

# What a universe is made of, in this order: the choices, and where the study's settings have them.
SETTINGS = {
    "intensity": ("intensity", "normalisation"),
    "region": ("regions", "recurrent"),
    "quantizer": ("extraction", "quantizer"),
    "fit": ("extraction", "quantizer_fit"),
    "levels": ("extraction", "n_levels"),
    "resampling": ("extraction", "resampling"),
    "outliers": ("extraction", "outliers"),
}
# Those that no setting has, and what the paper did.
BESIDE = {"grown_mm": 0, "moved": 0, "test": "paper"}
AXES = (*SETTINGS, *BESIDE)
MEASURED = tuple(axis for axis in AXES if axis != "test")  # the test needs no new measurement
PATH = "path"  # the name of the universe of the study's own settings
# What readers are told where a name of the config says little.
AXIS_WORDS = {
    "fit": "quantizer fit",
    "levels": "grey levels",
    "grown_mm": "margin",
    "moved": "position",
}
VALUE_WORDS = {"inside_gtv": "inside GTV", "gtv": "GTV", "n4": "N4", "n4_zscore": "N4 and z-score"}


class Design(NamedTuple):
    """universes: {name: {axis: value}}, the study's own path first.

    left_out: {name: reason} of combinations without meaning.
    """

    universes: dict
    left_out: dict


def study_path(settings: Mapping) -> dict:
    """The path {axis: value} that the study's settings take."""
    return {axis: settings[section][key] for axis, (section, key) in SETTINGS.items()} | BESIDE


def make_design(path: Mapping, axes: Mapping, design: str, crossed: Sequence[str] = ()) -> Design:
    """The universes of a design.

    Parameters
    ----------
    path : {axis: value}
        Of `study_path`.
    axes : {axis: values}
        The values of each axis beside the path's own; `moved` is a number of samples. An axis
        without values is none.
    design : str
        "around": one axis at a time departs from the path; "factorial": the axes in `crossed` with
        one another.
    crossed : sequence of str

    Raises
    ------
    ValueError
        An unknown axis or design; a factorial of no axes.
    """
    for axis in (*axes, *crossed):
        if axis not in AXES:
            raise ValueError(f"multiverse: unknown axis {axis!r}; known: {', '.join(AXES)}")
    values = {axis: _values(axis, path[axis], axes.get(axis, ())) for axis in AXES}
    if design == "around":
        made = [{axis: value} for axis in AXES for value in values[axis][1:]]
        made = [{}, *made]
    elif design == "factorial":
        if not crossed:
            raise ValueError(
                "multiverse: a factorial design crosses axes, and `crossed` names none"
            )
        axes_used = [axis for axis in AXES if axis in crossed]
        made = [
            dict(zip(axes_used, point, strict=True))
            for point in itertools.product(*(values[axis] for axis in axes_used))
        ]
    else:
        raise ValueError(f"multiverse: design is {design!r}; expected around or factorial")
    universes, left_out = {}, {}
    for departures in made:
        universe = dict(path) | departures
        name, reason = name_of(universe, path), without_meaning(universe)
        if reason and name != PATH:
            left_out[name] = reason
        else:
            universes[name] = universe
    return Design(universes, left_out)


def design_of(settings: Mapping) -> Design:
    """The design of a study's settings, as `make_design` has it."""
    asked = settings["multiverse"]
    return make_design(study_path(settings), asked["axes"], asked["design"], asked["crossed"])


def measured_universes(design: Design) -> list[dict]:
    """What is measured for a design: each of its universes without the test, once."""
    found = []
    for universe in design.universes.values():
        measured = {axis: universe[axis] for axis in MEASURED}
        if measured not in found:
            found.append(measured)
    return found


def measurements_and_tests(design: Design, measured: Sequence[Mapping]) -> list[tuple[int, str]]:
    """Of each universe of a design: the place of what is measured for it, and its test.

    measured: as `measured_universes` has it.
    """
    return [
        (measured.index({axis: universe[axis] for axis in MEASURED}), universe["test"])
        for universe in design.universes.values()
    ]


def _values(axis, own, others):
    """Values of an axis, the path's own first."""
    if axis == "moved":
        others = range(1, int(others or 0) + 1)
    return [own, *(value for value in others if value != own)]


def name_of(universe: Mapping, path: Mapping) -> str:
    """What departs from the path: "levels 32, fit gtv"; PATH for the path itself."""
    departures = [f"{axis} {universe[axis]}" for axis in AXES if universe[axis] != path[axis]]
    return ", ".join(departures) or PATH


def axis_words(axis: str) -> str:
    """An axis as readers are told it: "margin" of grown_mm."""
    return AXIS_WORDS.get(axis, axis)


def value_words(axis: str, value: object) -> str:
    """A value as readers are told it: "1 mm" of grown_mm 1."""
    said = VALUE_WORDS.get(str(value), f"{value:g}" if isinstance(value, float) else str(value))
    return f"{said} mm" if axis == "grown_mm" else said


def universe_words(name: str) -> str:
    """A universe as readers are told it: "margin 1 mm" of "grown_mm 1".

    name: as `name_of` has it.
    """
    if name == PATH:
        return PATH
    departures = (departure.partition(" ") for departure in name.split(", "))
    return ", ".join(
        f"{axis_words(axis)} {value_words(axis, value)}" for axis, _, value in departures
    )


def without_meaning(universe: Mapping) -> str:
    """Why nobody would take this combination of choices, "" if somebody could."""
    if universe["grown_mm"] and universe["moved"]:
        return "two perturbations of one contour at once: each stands for its uncertainty alone"
    return ""


def extraction_of(universe: Mapping) -> dict:
    """The settings `extraction` of a universe, as RegionMeter takes them."""
    return {
        key: universe[axis] for axis, (section, key) in SETTINGS.items() if section == "extraction"
    }
