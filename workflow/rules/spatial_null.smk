"""Texture, or only size? The cohort against regions of the same size drawn in the same tumours: tests, Table 3, Figures 6-8."""


rule compare_with_null:
    """Spatial null and surrogate null of every feature in every sequence, the negative controls, each patient's ranks; the verdicts."""
    input:
        draws=expand("<results>/patients/{patient}/null/draws.npz", patient=analysed),
        further=of_sequences("null/draws.npz"),
        doses=expand("<results>/patients/{patient}/null/dose_of_draws.tsv", patient=with_dose),
        statistics="<results>/cohort/statistics.tsv",
        regions="<results>/cohort/regions.tsv",
    output:
        features="<results>/cohort/spatial_null.tsv",
        controls="<results>/cohort/null_controls.tsv",
        ranks="<results>/cohort/null_ranks.tsv",
        patients="<results>/cohort/null_patients.tsv",
        distribution="<results>/cohort/null_distribution.tsv",
        warnings="<results>/cohort/null_warnings.json",
    log:
        "<results>/logs/compare_with_null.log",
    benchmark:
        "<results>/benchmarks/compare_with_null.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("compare_with_null"),
        further=[(name, sequence) for sequence, names in measured_in.items() for name in names],
        alpha=settings["statistics"]["alpha"],
        spatial_null=settings["spatial_null"],
    script:
        "../../scripts/compare_with_null.py"


rule table3:
    """Table 3: texture, explained by size or shape, or not decided, for all features."""
    input:
        features="<results>/cohort/spatial_null.tsv",
        controls="<results>/cohort/null_controls.tsv",
        patients="<results>/cohort/null_patients.tsv",
        warnings="<results>/cohort/null_warnings.json",
        caption=repository_files("workflow/report", "table3.rst")[0],
    output:
        tsv="<results>/tables/table3.tsv",
        markdown="<results>/tables/table3.md",
        latex="<results>/tables/table3.tex",
        word=shown("<results>/tables/table3.docx", "tables", table="3"),
        caption="<results>/tables/table3.caption.rst",
    log:
        "<results>/logs/table3.log",
    benchmark:
        "<results>/benchmarks/table3.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("table3"),
        alpha=settings["statistics"]["alpha"],
        n_tests=settings["statistics"]["n_tests"],
        match=settings["spatial_null"]["match"],
        simulated=simulated_cohort,
        notice=notice,
    script:
        "../../scripts/table3.py"


rule fig6:
    """Figure 6: the observed cohort statistics of the significant features against both nulls."""
    input:
        statistics="<results>/cohort/statistics.tsv",
        features="<results>/cohort/spatial_null.tsv",
        distribution="<results>/cohort/null_distribution.tsv",
        warnings="<results>/cohort/null_warnings.json",
        caption=repository_files("workflow/report", "fig6.rst")[0],
    output:
        pdf="<results>/figures/fig6.pdf",
        png=shown("<results>/figures/fig6.png", "figures", figure="6"),
        caption="<results>/figures/fig6.caption.rst",
        data="<results>/figures/fig6.tsv",
    log:
        "<results>/logs/fig6.log",
    benchmark:
        "<results>/benchmarks/fig6.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("fig6"),
        alpha=settings["statistics"]["alpha"],
        notice=notice,
    script:
        "../../scripts/fig6.py"


rule fig7:
    """Figure 7: where each patient's observed difference stands among its draws, features by patients."""
    input:
        features="<results>/cohort/spatial_null.tsv",
        ranks="<results>/cohort/null_ranks.tsv",
        warnings="<results>/cohort/null_warnings.json",
        caption=repository_files("workflow/report", "fig7.rst")[0],
    output:
        pdf="<results>/figures/fig7.pdf",
        png=shown("<results>/figures/fig7.png", "figures", figure="7"),
        svg="<results>/figures/fig7.svg",
        caption="<results>/figures/fig7.caption.rst",
        data="<results>/figures/fig7.tsv",
    log:
        "<results>/logs/fig7.log",
    benchmark:
        "<results>/benchmarks/fig7.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("fig7"),
        alpha=settings["statistics"]["alpha"],
        notice=notice,
    script:
        "../../scripts/fig7.py"


rule fig8:
    """Figure 8: the negative controls, shape and place of the recurrent regions among their draws."""
    input:
        controls="<results>/cohort/null_controls.tsv",
        distribution="<results>/cohort/null_distribution.tsv",
        caption=repository_files("workflow/report", "fig8.rst")[0],
        warnings="<results>/cohort/null_warnings.json",
    output:
        pdf="<results>/figures/fig8.pdf",
        png=shown("<results>/figures/fig8.png", "figures", figure="8"),
        svg="<results>/figures/fig8.svg",
        caption="<results>/figures/fig8.caption.rst",
        data="<results>/figures/fig8.tsv",
    log:
        "<results>/logs/fig8.log",
    benchmark:
        "<results>/benchmarks/fig8.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("fig8"),
        alpha=settings["statistics"]["alpha"],
        notice=notice,
    script:
        "../../scripts/fig8.py"


if settings["sequences"]:

    rule fig12:
        """Figure 12: effect and verdict of every feature by sequence, family by family."""
        input:
            statistics="<results>/cohort/statistics.tsv",
            features="<results>/cohort/spatial_null.tsv",
            caption=repository_files("workflow/report", "fig12.rst")[0],
        output:
            pdf="<results>/figures/fig12.pdf",
            png=shown("<results>/figures/fig12.png", "figures", figure="12"),
            svg="<results>/figures/fig12.svg",
            caption="<results>/figures/fig12.caption.rst",
            data="<results>/figures/fig12.tsv",
        log:
            "<results>/logs/fig12.log",
        benchmark:
            "<results>/benchmarks/fig12.tsv"
        conda:
            "../../envs/npcradiomics.yaml"
        params:
            *code_of("fig12"),
            notice=notice,
        script:
            "../../scripts/fig12.py"
