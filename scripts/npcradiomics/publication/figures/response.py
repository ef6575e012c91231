"""Figures 2-5 of Liu 2025 and the figure of the validation: each a function of tidy tables;

nothing is computed here.
"""

import matplotlib.pyplot as plt
import numpy as np

from npcradiomics.publication.figures.style import (
    COLUMN_WIDTH,
    PAGE_WIDTH,
    RC,
    new_figure,
    say_notice,
    say_selection,
)
from npcradiomics.publication.notices import simulated_note
from npcradiomics.rounding import fixed_text, interval_text, p_words, percent_text

# Okabe and Ito's palette, as the other study's.
RESPONSE_COLOURS = {1: "#009E73", 0: "#CC79A7"}
RESPONSE_LABELS = {1: "effective (CR, PR)", 0: "ineffective (SD, PD)"}
SET_LABELS = {"train": "training", "validation": "validation", "nested": "nested cross-validation"}
CURVE_COLOURS = {"train": "#0072B2", "validation": "#D55E00", "nested": "black"}
BEHIND_WORDS = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.0}
CURVE_LINES = {"train": "-", "validation": "--", "nested": "-."}
MOST_LABELLED = 8  # features named below the coefficient paths
MOST_FREQUENT = 12


MEASURES = {"deviance": "binomial deviance", "class": "share misclassified"}


def draw_selection(curve, paths, scores, threshold, measure, sentence, simulated):
    """Figure 2. A: cross-validation; B: coefficient paths; C, D: rad-scores of both sets.

    curve: lambda, cvm, cvsd, n_features, mark, used; paths: feature, lambda, coefficient, selected;
    scores: set, effective, rad_score; threshold: None where nobody is called effective; measure:
    deviance or class; sentence: what must be said, or "".
    """
    used = float(np.log(curve.loc[curve["used"], "lambda"].iloc[0]))
    named = _kept_at(used, paths)
    heights = [1, 0.065 * (max(min(len(named), MOST_LABELLED), 3) + 1), 1]
    figure, axes = new_figure(
        PAGE_WIDTH, PAGE_WIDTH * 0.4 * sum(heights), nrows=3, ncols=2, height_ratios=heights
    )
    with plt.rc_context(RC):
        _cross_validation(axes[0, 0], curve, MEASURES[measure])
        _paths(axes[0, 1], paths, named, used)
        _names(axes[1, 0], named, heights[1] / 0.065)
        for axis, name in zip(axes[2], ("train", "validation"), strict=True):
            _bars(axis, scores[scores["set"] == name], threshold)
            axis.set_title(f"{SET_LABELS[name]} set", pad=3)
        axes[1, 1].set_axis_off()
        axes[1, 1].legend(
            *axis.get_legend_handles_labels(), title="C, D", frameon=False, loc="center right"
        )
        for letter, axis in zip("ABCD", (*axes[0], *axes[2]), strict=True):
            _letter(axis, letter)
    say_selection(figure, sentence)
    say_notice(figure, simulated_note(simulated))
    return figure


def draw_roc(roc, performance, sentence, simulated):
    """Figures 3 and 4.

    roc: sensitivity, specificity of one set; performance: its row of figures.
    """
    figure, axis = new_figure(COLUMN_WIDTH, COLUMN_WIDTH * 1.08)
    with plt.rc_context(RC):
        name = performance["set"]
        axis.plot([0, 1], [0, 1], color="0.8", lw=0.6)
        axis.plot(1 - roc["specificity"], roc["sensitivity"], color=CURVE_COLOURS[name], lw=1.4)
        axis.plot(
            1 - performance["specificity"], performance["sensitivity"], "o", ms=4, color="black"
        )
        interval = interval_text(performance["auc_low"], performance["auc_high"], 3)
        lines = [f"AUC {fixed_text(performance['auc'], 3)}", f"(95 % CI {interval})"]
        lines += [_rate_words(performance, kind) for kind in ("sensitivity", "specificity")]
        lines.append("at the threshold of the training set")
        axis.text(0.99, 0.02, "\n".join(lines), ha="right", va="bottom")
        axis.set(
            xlabel="1 - specificity", ylabel="sensitivity", xlim=(-0.02, 1.02), ylim=(-0.02, 1.02)
        )
        axis.set_aspect("equal")
        axis.set_title(
            f"{SET_LABELS[name]} set, {performance['effective']} of {performance['patients']} effective",
            pad=3,
        )
    say_selection(figure, sentence)
    say_notice(figure, simulated_note(simulated))
    return figure


def draw_calibration(curves, scores, performance, sentence, simulated):
    """Figure 5. curves: set, probability, observed, low, high; scores: set, effective, probability; performance: a row
    per set. A: training, B: validation.
    """
    figure, axes = new_figure(PAGE_WIDTH, PAGE_WIDTH * 0.67, ncols=2, sharey=True)
    with plt.rc_context(RC):
        for letter, axis, name in zip("AB", axes, ("train", "validation"), strict=True):
            one, own = curves[curves["set"] == name], scores[scores["set"] == name]
            row = performance[performance["set"] == name].iloc[0]
            axis.plot([0, 1], [0, 1], color="0.75", lw=0.7, label="ideal")
            axis.fill_between(
                one["probability"],
                one["low"],
                one["high"],
                color=CURVE_COLOURS[name],
                alpha=0.15,
                lw=0,
            )
            axis.plot(
                one["probability"],
                one["observed"],
                color=CURVE_COLOURS[name],
                lw=1.4,
                label="observed (LOWESS)",
            )
            for value, at in ((1, 1.03), (0, -0.03)):
                ticks = own.loc[own["effective"] == value, "probability"]
                axis.plot(
                    ticks,
                    np.full(len(ticks), at),
                    "|",
                    ms=5,
                    mew=0.5,
                    color=RESPONSE_COLOURS[value],
                )
            axis.set(
                xlabel="predicted probability of effective", xlim=(-0.02, 1.02), ylim=(-0.06, 1.06)
            )
            axis.set_title(
                f"{SET_LABELS[name]} set (band: 95 %, bootstrap)\n{_calibration_words(row)}", pad=3
            )
            axis.set_aspect("equal")
            _letter(axis, letter)
        axes[0].set_ylabel("share effective")
        axes[1].legend(frameon=False, loc="lower right", bbox_to_anchor=(1.0, 0.05))
    say_selection(figure, sentence)
    say_notice(figure, simulated_note(simulated))
    return figure


def draw_validation(areas, permuted, report, selection, decision, sentence, simulated):
    """What the model is worth. areas: label, auc, low, high; permuted: auc, auc_training; report: both p and observed;
    selection: feature, share, in_model; decision: curve, threshold, model, everyone.
    """
    # The left column is the wider one: the longest name of a feature has 53 letters.
    figure, axes = new_figure(
        PAGE_WIDTH, PAGE_WIDTH * 0.95, nrows=2, ncols=2, width_ratios=[1.15, 1]
    )
    with plt.rc_context(RC):
        _areas(axes[0, 0], areas)
        _permutations(axes[0, 1], permuted, report)
        _frequencies(axes[1, 0], selection.head(MOST_FREQUENT))
        _decision(axes[1, 1], decision)
        for letter, axis in zip("ABCD", axes.flat, strict=True):
            _letter(axis, letter)
    say_selection(figure, sentence)
    say_notice(figure, simulated_note(simulated))
    return figure


def _cross_validation(axis, curve, label):
    x = np.log(curve["lambda"])
    axis.errorbar(
        x,
        curve["cvm"],
        curve["cvsd"],
        fmt="o",
        ms=2,
        color="#D55E00",
        ecolor="0.75",
        elinewidth=0.6,
    )
    marked = curve[curve["mark"].fillna("") != ""]
    for penalty, used in zip(marked["lambda"], marked["used"], strict=True):
        axis.axvline(np.log(penalty), color="0.3", lw=0.7, ls="-" if used else ":")
    axis.set(xlabel="log λ (solid: used)", ylabel=label)
    top = axis.secondary_xaxis("top")
    ticks = np.linspace(0, len(curve) - 1, 8).round().astype(int)
    top.set_xticks(x.iloc[ticks], [str(n) for n in curve["n_features"].iloc[ticks]])
    top.set_xlabel("features kept")
    top.tick_params(length=2)


def _kept_at(used, paths):
    """feature, coefficient of the features kept at log penalty `used`, the largest first."""
    last = paths[
        paths["selected"].astype(bool) & np.isclose(np.log(paths["lambda"].astype(float)), used)
    ]
    return last.reindex(last["coefficient"].abs().sort_values(ascending=False).index)


def _paths(axis, paths, named, used):
    shown = list(named["feature"])[:MOST_LABELLED]
    for feature, one in paths.groupby("feature", sort=False):
        style = (
            {"lw": 1.1, "color": f"C{shown.index(feature)}", "zorder": 3}
            if feature in shown
            else {}
        )
        axis.plot(
            np.log(one["lambda"]), one["coefficient"], **({"lw": 0.4, "color": "0.8"} | style)
        )
    axis.axvline(used, color="0.3", lw=0.7)
    axis.set(xlabel="log λ (line: used)", ylabel="coefficient (per SD)")


def _names(axis, named, rows):
    """The features kept and their coefficients, in the colours of their curves, in a strip of so many rows."""
    words = [f"{row.feature}  {fixed_text(row.coefficient, 3)}" for row in named.itertuples()]
    colours = [f"C{k}" for k in range(len(words))]
    if len(words) > MOST_LABELLED:
        last = MOST_LABELLED - 1
        words, colours = [*words[:last], f"and {len(words) - last} more"], [*colours[:last], "0.4"]
    axis.set_axis_off()
    axis.set(xlim=(0, 1), ylim=(0.5 - rows, 0.5))
    title = "B, kept with the LASSO's coefficients:" if words else "B: no feature is kept"
    for k, (word, colour) in enumerate(zip([title, *words], ["black", *colours], strict=True)):
        axis.text(-0.15, -k, word, color=colour, va="center", in_layout=False)


def _bars(axis, scores, threshold):
    ordered = scores.sort_values("rad_score", kind="stable").reset_index(drop=True)
    for value, colour in RESPONSE_COLOURS.items():
        own = ordered[ordered["effective"] == value]
        axis.bar(
            own.index,
            own["rad_score"],
            width=0.9,
            color=colour,
            label=RESPONSE_LABELS[value],
            linewidth=0,
        )
    axis.axhline(0, color="0.5", lw=0.5)
    if threshold is not None:
        axis.axhline(threshold, color="black", lw=0.7, ls="--", label="threshold (training)")
    axis.set(xlabel="patients, by rad-score", ylabel="rad-score")


def _areas(axis, areas):
    rows = np.arange(len(areas))[::-1]
    for y, row in zip(rows, areas.itertuples(), strict=True):
        axis.plot([row.low, row.high], [y, y], color="0.3", lw=1.0)
        axis.plot(row.auc, y, "o", ms=4, color="#0072B2")
        axis.text(0.31, y + 0.16, f"{row.label}: {fixed_text(row.auc, 3)}", bbox=BEHIND_WORDS)
    axis.axvline(0.5, color="0.75", lw=0.6)
    axis.set_yticks([])
    axis.set(xlabel="AUC", xlim=(0.3, 1.0), ylim=(-0.6, len(areas) - 0.4))


def _permutations(axis, permuted, report):
    bins = np.linspace(0.2, 1.0, 41)
    axis.hist(permuted["auc"], bins, color="0.65", label="labels shuffled: nested")
    axis.hist(
        permuted["auc_training"],
        bins,
        histtype="step",
        color="#0072B2",
        label="labels shuffled: training",
    )
    for value, line, colour in (
        (report["nested_auc_of_one_repetition"], "-", "black"),
        (report["training_auc"], "--", "#0072B2"),
    ):
        axis.axvline(value, color=colour, lw=1.0, ls=line)
    axis.set_title(f"{report['permutations']} permutations", pad=3)
    words = f"nested p {p_words(report['nested_auc_p'])}, training p {p_words(report['training_auc_p'])}"
    axis.set(xlabel=f"AUC (lines: observed)\n{words}", ylabel="permutations")
    axis.set_ylim(top=1.3 * axis.get_ylim()[1])  # room for the legend
    axis.legend(frameon=False, loc="upper left")


def _frequencies(axis, selection):
    rows = np.arange(len(selection))[::-1]
    colours = ["#9CCBE8" if inside else "0.85" for inside in selection["in_model"]]
    axis.barh(rows, 100 * selection["share"], color=colours, height=0.8)
    for y, name in zip(rows, selection["feature"], strict=True):
        axis.text(1.5, y, name, va="center", in_layout=False)
    axis.set_yticks([])
    axis.set(xlabel="kept in resampled fits (%; blue: in the model)", xlim=(0, 100))


def _decision(axis, decision):
    first = decision[decision["curve"] == "nested"]
    axis.plot(
        first["threshold"],
        first["everyone"],
        color="0.7",
        lw=0.8,
        label="everybody (training share)",
    )
    axis.axhline(0, color="0.4", lw=0.6)
    for name in ("train", "nested", "validation"):
        one = decision[decision["curve"] == name]
        style = {"color": CURVE_COLOURS[name], "ls": CURVE_LINES[name], "label": SET_LABELS[name]}
        axis.plot(one["threshold"], one["model"], lw=1.1, **style)
    top = max(decision["model"].max(), 0.05)
    axis.set(xlabel="threshold probability", ylabel="net benefit", ylim=(-0.12, top * 1.55))
    axis.legend(frameon=False, loc="upper right")


def _rate_words(row, kind):
    return (
        f"{kind} {row[f'{kind}_k']}/{row[f'{kind}_n']} = {percent_text(row[kind], 1)}\n"
        f"({interval_text(100 * row[f'{kind}_low'], 100 * row[f'{kind}_high'], 1)})"
    )


def _calibration_words(row):
    slope = f"slope {fixed_text(row['slope'], 2)} ({interval_text(row['slope_low'], row['slope_high'])})"
    return "\n".join(
        [
            slope,
            f"intercept {fixed_text(row['intercept'], 2)}, in the large {fixed_text(row['in_the_large'], 2)}",
            f"Brier {fixed_text(row['brier'], 3)}",
            f"Hosmer-Lemeshow p {p_words(row['hosmer_lemeshow_p'])}",
        ]
    )


def _letter(axis, letter):
    axis.text(-0.14, 1.06, letter, transform=axis.transAxes, fontweight="bold", fontsize=9)
