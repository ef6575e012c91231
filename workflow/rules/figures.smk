"""The figures of the paper: each draws a tidy table that is published beside it, and computes nothing."""


rule fig2:
    """Figure 2: intensity histograms of both regions on one intensity scale, a panel per patient."""
    input:
        intensities="<results>/cohort/intensities.tsv",
        caption=repository_files("workflow/report", "fig2.rst")[0],
    output:
        pdf="<results>/figures/fig2.pdf",
        png=shown("<results>/figures/fig2.png", "figures", figure="2"),
        caption="<results>/figures/fig2.caption.rst",
        data="<results>/figures/fig2.tsv",
    log:
        "<results>/logs/fig2.log",
    benchmark:
        "<results>/benchmarks/fig2.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("fig2"),
        notice=notice,
    script:
        "../../scripts/fig2.py"


rule fig3:
    """Figure 3: Pearson correlations of the paired differences, coloured only where p < 0.05."""
    input:
        correlation="<results>/cohort/correlation.tsv",
        statistics="<results>/cohort/statistics.tsv",
        caption=repository_files("workflow/report", "fig3.rst")[0],
    output:
        pdf="<results>/figures/fig3.pdf",
        png=shown("<results>/figures/fig3.png", "figures", figure="3"),
        svg="<results>/figures/fig3.svg",
        caption="<results>/figures/fig3.caption.rst",
        data="<results>/figures/fig3.tsv",
    log:
        "<results>/logs/fig3.log",
    benchmark:
        "<results>/benchmarks/fig3.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("fig3"),
        notice=notice,
    script:
        "../../scripts/fig3.py"


rule fig4:
    """Figure 4: box plots of the significant features with the patients' points joined in pairs."""
    input:
        features="<results>/cohort/features.tsv",
        statistics="<results>/cohort/statistics.tsv",
        caption=repository_files("workflow/report", "fig4.rst")[0],
    output:
        pdf="<results>/figures/fig4.pdf",
        png=shown("<results>/figures/fig4.png", "figures", figure="4"),
        caption="<results>/figures/fig4.caption.rst",
        data="<results>/figures/fig4.tsv",
    log:
        "<results>/logs/fig4.log",
    benchmark:
        "<results>/benchmarks/fig4.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("fig4"),
        notice=notice,
    script:
        "../../scripts/fig4.py"


rule fig5:
    """Figure 5: the regions on the first two principal components."""
    input:
        scores="<results>/cohort/components_scores.tsv",
        explained="<results>/cohort/components_explained.tsv",
        statistics="<results>/cohort/statistics.tsv",
        caption=repository_files("workflow/report", "fig5.rst")[0],
    output:
        pdf="<results>/figures/fig5.pdf",
        png=shown("<results>/figures/fig5.png", "figures", figure="5"),
        svg="<results>/figures/fig5.svg",
        caption="<results>/figures/fig5.caption.rst",
        data="<results>/figures/fig5.tsv",
    log:
        "<results>/logs/fig5.log",
    benchmark:
        "<results>/benchmarks/fig5.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("fig5"),
        notice=notice,
    script:
        "../../scripts/fig5.py"
