"""Figures 2-5 of Liu 2025 and the figure of the validation: each a function of tidy tables; nothing is computed here."""

import matplotlib.pyplot as plt
import numpy as np

from npcradiomics.rounding import fixed_text, interval_text, p_words, percent_text
from npcradiomics.style import COLUMN_WIDTH, PAGE_WIDTH, RC, SMALL_TYPE, new_figure, say_selection, say_simulated

# Okabe and Ito's palette, as the other study's.
RESPONSE_COLOURS = {1: "#009E73", 0: "#CC79A7"}
RESPONSE_LABELS = {1: "effective (CR, PR)", 0: "ineffective (SD, PD)"}
SET_LABELS = {"train": "training", "validation": "validation", "nested": "nested cross-validation"}
CURVE_COLOURS = {"train": "#0072B2", "validation": "#D55E00", "nested": "black"}
CURVE_LINES = {"train": "-", "validation": "--", "nested": "-."}
MOST_LABELLED = 6
MOST_FREQUENT = 12


def draw_selection(curve, paths, scores, threshold, sentence, simulated):
    """Figure 2. A: cross-validation; B: coefficient paths; C, D: rad-scores of both sets.

    curve: lambda, cvm, cvsd, n_features, mark, used; paths: feature, lambda, coefficient, selected; scores: set,
    effective, rad_score; threshold: None where nobody is called effective; sentence: what must be said, or "".
    """
    figure, axes = new_figure(PAGE_WIDTH, PAGE_WIDTH * 0.78, nrows=2, ncols=2)
    with plt.rc_context(RC):
        _cross_validation(axes[0, 0], curve)
        _paths(axes[0, 1], paths, curve)
        for axis, name in zip(axes[1], ("train", "validation"), strict=True):
            _bars(axis, scores[scores["set"] == name], threshold)
            axis.set_title(f"{SET_LABELS[name]} set", pad=3)
        for letter, axis in zip("ABCD", axes.flat, strict=True):
            _letter(axis, letter)
    say_selection(figure, sentence)
    say_simulated(figure, simulated)
    return figure


def draw_roc(roc, performance, sentence, simulated):
    """Figures 3 and 4. roc: sensitivity, specificity of one set; performance: its row of figures."""
    figure, axis = new_figure(COLUMN_WIDTH, COLUMN_WIDTH * 1.08)
    with plt.rc_context(RC):
        name = performance["set"]
        axis.plot([0, 1], [0, 1], color="0.8", lw=0.6)
        axis.plot(1 - roc["specificity"], roc["sensitivity"], color=CURVE_COLOURS[name], lw=1.4)
        axis.plot(1 - performance["specificity"], performance["sensitivity"], "o", ms=4, color="black")
        lines = [
            f"AUC {fixed_text(performance['auc'], 3)} "
            f"(95 % CI {interval_text(performance['auc_low'], performance['auc_high'], 3)})"
        ]
        lines += [_rate_words(performance, kind) for kind in ("sensitivity", "specificity")]
        lines.append("at the threshold of the training set")
        axis.text(0.98, 0.04, "\n".join(lines), ha="right", va="bottom", fontsize=SMALL_TYPE + 0.5)
        axis.set(xlabel="1 - specificity", ylabel="sensitivity", xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
        axis.set_aspect("equal")
        axis.set_title(
            f"{SET_LABELS[name]} set, {performance['effective']} of {performance['patients']} effective", pad=3
        )
    say_selection(figure, sentence)
    say_simulated(figure, simulated)
    return figure


def draw_calibration(curves, scores, performance, sentence, simulated):
    """Figure 5. curves: set, probability, observed, low, high; scores: set, effective, probability; performance: a row
    per set. A: training, B: validation."""
    figure, axes = new_figure(PAGE_WIDTH, PAGE_WIDTH * 0.54, ncols=2, sharey=True)
    with plt.rc_context(RC):
        for letter, axis, name in zip("AB", axes, ("train", "validation"), strict=True):
            one, own = curves[curves["set"] == name], scores[scores["set"] == name]
            row = performance[performance["set"] == name].iloc[0]
            axis.plot([0, 1], [0, 1], color="0.75", lw=0.7, label="ideal")
            axis.fill_between(one["probability"], one["low"], one["high"], color=CURVE_COLOURS[name], alpha=0.15, lw=0)
            axis.plot(one["probability"], one["observed"], color=CURVE_COLOURS[name], lw=1.4, label="observed (LOWESS)")
            for value, at in ((1, 1.03), (0, -0.03)):
                ticks = own.loc[own["effective"] == value, "probability"]
                axis.plot(ticks, np.full(len(ticks), at), "|", ms=5, mew=0.5, color=RESPONSE_COLOURS[value])
            axis.text(0.03, 0.95, _calibration_words(row), va="top", fontsize=SMALL_TYPE + 0.5)
            axis.set(xlabel="predicted probability of effective", xlim=(-0.02, 1.02), ylim=(-0.06, 1.06))
            axis.set_title(f"{SET_LABELS[name]} set (band: 95 %, bootstrap)", pad=3)
            axis.set_aspect("equal")
            _letter(axis, letter)
        axes[0].set_ylabel("share effective")
        axes[1].legend(frameon=False, loc="lower right", fontsize=SMALL_TYPE + 0.5)
    say_selection(figure, sentence)
    say_simulated(figure, simulated)
    return figure


def draw_validation(areas, permuted, report, selection, decision, sentence, simulated):
    """What the model is worth. areas: label, auc, low, high; permuted: auc, auc_training; report: both p and observed;
    selection: feature, share, in_model; decision: curve, threshold, model, everyone."""
    figure, axes = new_figure(PAGE_WIDTH, PAGE_WIDTH * 0.86, nrows=2, ncols=2)
    with plt.rc_context(RC):
        _areas(axes[0, 0], areas)
        _permutations(axes[0, 1], permuted, report)
        _frequencies(axes[1, 0], selection.head(MOST_FREQUENT))
        _decision(axes[1, 1], decision)
        for letter, axis in zip("ABCD", axes.flat, strict=True):
            _letter(axis, letter)
    say_selection(figure, sentence)
    say_simulated(figure, simulated)
    return figure


def _cross_validation(axis, curve):
    x = np.log(curve["lambda"])
    axis.errorbar(x, curve["cvm"], curve["cvsd"], fmt="o", ms=2, color="#D55E00", ecolor="0.75", elinewidth=0.6)
    marked = curve[curve["mark"].fillna("") != ""]
    for penalty, used in zip(marked["lambda"], marked["used"], strict=True):
        axis.axvline(np.log(penalty), color="0.3", lw=0.7, ls="-" if used else ":")
    axis.set(xlabel="log λ (solid: used)", ylabel="binomial deviance")
    top = axis.secondary_xaxis("top")
    ticks = np.linspace(0, len(curve) - 1, 8).round().astype(int)
    top.set_xticks(x.iloc[ticks], [str(n) for n in curve["n_features"].iloc[ticks]], fontsize=SMALL_TYPE)
    top.set_xlabel("features kept", fontsize=SMALL_TYPE)
    top.tick_params(length=2)


def _paths(axis, paths, curve):
    for _, one in paths.groupby("feature", sort=False):
        kept = bool(one["selected"].iloc[0])
        axis.plot(np.log(one["lambda"]), one["coefficient"], lw=1.0 if kept else 0.4, color=None if kept else "0.8")
    used = float(np.log(curve.loc[curve["used"], "lambda"].iloc[0]))
    axis.axvline(used, color="0.3", lw=0.7)
    selected = paths[paths["selected"]] if len(paths) else paths
    last = selected[np.isclose(np.log(selected["lambda"].astype(float)), used)] if len(selected) else selected
    words = [
        f"{row.feature} {fixed_text(row.coefficient, 2)}"
        for row in last.reindex(last["coefficient"].abs().sort_values(ascending=False).index).itertuples()
    ]
    more = [f"and {len(words) - MOST_LABELLED} more"] if len(words) > MOST_LABELLED else []
    low, high = axis.get_ylim()
    axis.set_ylim(low, high + 0.7 * (high - low))  # room for the names above the curves
    place = {"transform": axis.transAxes, "ha": "right", "va": "top", "fontsize": SMALL_TYPE}
    axis.text(0.99, 0.99, "\n".join([*words[:MOST_LABELLED], *more]), **place)
    axis.set(xlabel="log λ", ylabel="coefficient (per SD)")


def _bars(axis, scores, threshold):
    ordered = scores.sort_values("rad_score", kind="stable").reset_index(drop=True)
    for value, colour in RESPONSE_COLOURS.items():
        own = ordered[ordered["effective"] == value]
        axis.bar(own.index, own["rad_score"], width=0.9, color=colour, label=RESPONSE_LABELS[value], linewidth=0)
    axis.axhline(0, color="0.5", lw=0.5)
    if threshold is not None:
        axis.axhline(threshold, color="black", lw=0.7, ls="--", label="threshold (training)")
    axis.set(xlabel="patients, by rad-score", ylabel="rad-score")
    axis.legend(frameon=False, fontsize=SMALL_TYPE, loc="upper left")


def _areas(axis, areas):
    rows = np.arange(len(areas))[::-1]
    for y, row in zip(rows, areas.itertuples(), strict=True):
        axis.plot([row.low, row.high], [y, y], color="0.3", lw=1.0)
        axis.plot(row.auc, y, "o", ms=4, color="#0072B2")
        axis.text(row.auc, y + 0.16, fixed_text(row.auc, 3), ha="center", fontsize=SMALL_TYPE)
    axis.axvline(0.5, color="0.75", lw=0.6)
    axis.set_yticks(rows, areas["label"], fontsize=SMALL_TYPE)
    axis.set(xlabel="AUC", xlim=(0.3, 1.0), ylim=(-0.6, len(areas) - 0.4))


def _permutations(axis, permuted, report):
    bins = np.linspace(0.2, 1.0, 41)
    axis.hist(permuted["auc"], bins, color="0.65", label="labels shuffled: nested")
    axis.hist(permuted["auc_training"], bins, histtype="step", color="#0072B2", label="labels shuffled: training")
    for value, line, colour in (
        (report["nested_auc_of_one_repetition"], "-", "black"),
        (report["training_auc"], "--", "#0072B2"),
    ):
        axis.axvline(value, color=colour, lw=1.0, ls=line)
    axis.set_title(f"{report['permutations']} permutations, p {p_words(report['nested_auc_p'])} (nested)", pad=3)
    axis.set(xlabel="AUC (lines: observed)", ylabel="permutations")
    axis.legend(frameon=False, fontsize=SMALL_TYPE, loc="center right")


def _frequencies(axis, selection):
    rows = np.arange(len(selection))[::-1]
    colours = ["#9CCBE8" if inside else "0.85" for inside in selection["in_model"]]
    axis.barh(rows, 100 * selection["share"], color=colours, height=0.8)
    for y, name in zip(rows, selection["feature"], strict=True):
        axis.text(1.5, y, name, va="center", fontsize=SMALL_TYPE)
    axis.set_yticks([])
    axis.set(xlabel="kept in resampled fits (%; blue: in the model)", xlim=(0, 100))


def _decision(axis, decision):
    first = decision[decision["curve"] == "nested"]
    axis.plot(first["threshold"], first["everyone"], color="0.7", lw=0.8, label="treat everybody (training share)")
    axis.axhline(0, color="0.4", lw=0.6)
    for name in ("train", "nested", "validation"):
        one = decision[decision["curve"] == name]
        style = {"color": CURVE_COLOURS[name], "ls": CURVE_LINES[name], "label": SET_LABELS[name]}
        axis.plot(one["threshold"], one["model"], lw=1.1, **style)
    top = max(decision["model"].max(), 0.05)
    axis.set(xlabel="threshold probability", ylabel="net benefit", ylim=(-0.12, top * 1.1))
    axis.legend(frameon=False, fontsize=SMALL_TYPE, loc="upper right")


def _rate_words(row, kind):
    return (
        f"{kind} {row[f'{kind}_k']}/{row[f'{kind}_n']} = {percent_text(row[kind], 1)} "
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
