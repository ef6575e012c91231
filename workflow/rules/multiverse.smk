"""What does the conclusion depend on? Every patient in every universe; the curve of the cohort, Figures 10-11, Table 5."""

from npcradiomics.cohort.sequences import label_of
from npcradiomics.multiverse.design import design_of, measured_universes

multiverse = design_of(settings)
main_alone = f"Of {label_of(settings['main_sequence'])} alone" if settings["sequences"] else ""
multiverse_notice = ". ".join(filter(None, (main_alone, notice_of(*SECTIONS, "multiverse"))))


rule measure_universes:
    """Features of both regions, of their draws and surrogates, in every universe that is not measured yet."""
    input:
        unpack(files_in("planning_mri", "gtv", "reference_tissue")),
        gtvr="<results>/patients/{patient}/regions/gtvr_on_planning.nii.gz",
        quality="<results>/patients/{patient}/registration/quality.json",
    output:
        universes="<results>/patients/{patient}/multiverse/universes.npz",
        # The same, from which the next job takes what it need not measure again. Of a job that fails
        # Snakemake puts it back and takes it as made anew; so nothing else reads it.
        kept=update("<results>/patients/{patient}/multiverse/kept.npz"),
    log:
        "<results>/logs/{patient}/measure_universes.log",
    benchmark:
        "<results>/benchmarks/{patient}/measure_universes.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("measure_universes"),
        code=code_of("measure_universes"),
        universes=measured_universes(multiverse),
        n_draws=settings["multiverse"]["n_draws"],
        surrogates=settings["multiverse"]["surrogates"],
        match=settings["spatial_null"]["match"],
        seed=settings["spatial_null"]["seed"],
        min_voxels=settings["regions"]["min_voxels"],
        gtvr_frame=lambda wildcards: patients[wildcards.patient]["gtvr_frame"],
    message:
        "{wildcards.patient}: both regions in every universe"
    script:
        "../../scripts/measure_universes.py"


rule compare_universes:
    """Effect, test and verdict of every feature in every universe; the test of each feature's whole curve, and what moves it."""
    input:
        universes=expand("<results>/patients/{patient}/multiverse/universes.npz", patient=analysed),
        regions="<results>/cohort/regions.tsv",
        controls="<results>/cohort/null_controls.tsv" if with_null else [],
    output:
        effects="<results>/cohort/multiverse.tsv",
        universes="<results>/cohort/multiverse_universes.tsv",
        features="<results>/cohort/multiverse_features.tsv",
        sentences="<results>/cohort/multiverse_sentences.json",
    log:
        "<results>/logs/compare_universes.log",
    benchmark:
        "<results>/benchmarks/compare_universes.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("compare_universes"),
        settings={
            name: settings[name]
            for name in ("intensity", "regions", "extraction", "spatial_null", "multiverse")
        },
        alpha=settings["statistics"]["alpha"],
        n_tests=settings["statistics"]["n_tests"],
    script:
        "../../scripts/compare_universes.py"


rule fig10:
    """Figure 10: specification curves of the significant features and of the paper's seven."""
    input:
        effects="<results>/cohort/multiverse.tsv",
        features="<results>/cohort/multiverse_features.tsv",
        statistics="<results>/cohort/statistics.tsv",
        sentences="<results>/cohort/multiverse_sentences.json",
        caption=repository_files("workflow/report", "fig10.rst")[0],
    output:
        pdf="<results>/figures/fig10.pdf",
        png=shown("<results>/figures/fig10.png", "figures", figure="10"),
        caption="<results>/figures/fig10.caption.rst",
        data="<results>/figures/fig10.tsv",
    log:
        "<results>/logs/fig10.log",
    benchmark:
        "<results>/benchmarks/fig10.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("fig10"),
        alpha=settings["statistics"]["alpha"],
        notice=multiverse_notice,
    script:
        "../../scripts/fig10.py"


rule fig11:
    """Figure 11: the effect of every feature in every universe, and its verdict there."""
    input:
        effects="<results>/cohort/multiverse.tsv",
        features="<results>/cohort/multiverse_features.tsv",
        sentences="<results>/cohort/multiverse_sentences.json",
        caption=repository_files("workflow/report", "fig11.rst")[0],
    output:
        pdf="<results>/figures/fig11.pdf",
        png=shown("<results>/figures/fig11.png", "figures", figure="11"),
        caption="<results>/figures/fig11.caption.rst",
        data="<results>/figures/fig11.tsv",
    log:
        "<results>/logs/fig11.log",
    benchmark:
        "<results>/benchmarks/fig11.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("fig11"),
        notice=multiverse_notice,
    script:
        "../../scripts/fig11.py"


rule table5:
    """Table 5: over all universes, how often a feature keeps sign, significance and verdict, what moves it, and a word."""
    input:
        # A target of its own: shown where somebody has made it.
        icc=[
            path
            for path in [workflow.pathvars.apply("<results>/cohort/icc.tsv")]
            if os.path.isfile(path)
        ],
        features="<results>/cohort/multiverse_features.tsv",
        universes="<results>/cohort/multiverse_universes.tsv",
        sentences="<results>/cohort/multiverse_sentences.json",
        caption=repository_files("workflow/report", "table5.rst")[0],
    output:
        tsv="<results>/tables/table5.tsv",
        markdown="<results>/tables/table5.md",
        latex="<results>/tables/table5.tex",
        word=shown("<results>/tables/table5.docx", "tables", table="5"),
        caption="<results>/tables/table5.caption.rst",
    log:
        "<results>/logs/table5.log",
    benchmark:
        "<results>/benchmarks/table5.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("table5"),
        alpha=settings["statistics"]["alpha"],
        simulated=simulated_cohort,
        notice=multiverse_notice,
    script:
        "../../scripts/table5.py"
