"""The pictures of one patient beside the paper's: its appendix S1 and S2, and with the spatial null S3."""

s3 = {}
if with_null:
    s3 = {
        "s3_pdf": "<results>/patients/{patient}/figures/fig_s3.pdf",
        "s3_png": shown(
            "<results>/patients/{patient}/figures/fig_s3.png",
            "patients",
            "caption_s3.rst",
            patient="{patient}",
            figure="S3",
        ),
        "s3_caption": "<results>/patients/{patient}/figures/fig_s3.caption.rst",
    }


rule appendix:
    """S1, GTVr against the 95 % isodose; S2, the fusion of both examinations; S3, GTVr beside six of its draws."""
    input:
        unpack(files_in("planning_mri", "gtv", "isodose95")),
        recurrence_on_planning="<results>/patients/{patient}/registration/recurrence_on_planning.nii.gz",
        gtvr="<results>/patients/{patient}/regions/gtvr_on_planning.nii.gz",
        regions="<results>/patients/{patient}/regions/regions.json",
        failure=dose_file("failure.json"),
        figures=dose_file("dose.tsv"),
        curves=dose_file("dvh.tsv"),
        draws="<results>/patients/{patient}/null/draws.npz" if with_null else [],
        s1_caption=repository_files("workflow/report", "fig_s1.rst")[0],
        s2_caption=repository_files("workflow/report", "fig_s2.rst")[0],
        s3_caption=repository_files("workflow/report", "fig_s3.rst")[0],
    output:
        **s3,
        s1_pdf="<results>/patients/{patient}/figures/fig_s1.pdf",
        s1_png=shown(
            "<results>/patients/{patient}/figures/fig_s1.png",
            "patients",
            "caption_s1.rst",
            patient="{patient}",
            figure="S1",
        ),
        s1_caption="<results>/patients/{patient}/figures/fig_s1.caption.rst",
        s2_pdf="<results>/patients/{patient}/figures/fig_s2.pdf",
        s2_png=shown(
            "<results>/patients/{patient}/figures/fig_s2.png",
            "patients",
            "caption_s2.rst",
            patient="{patient}",
            figure="S2",
        ),
        s2_caption="<results>/patients/{patient}/figures/fig_s2.caption.rst",
    log:
        "<results>/logs/{patient}/appendix.log",
    benchmark:
        "<results>/benchmarks/{patient}/appendix.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("appendix"),
        in_field_minimum=settings["regions"]["in_field_minimum"],
        simulated=lambda wildcards: is_simulated(patients[wildcards.patient]),
        departures=departures_of_pictures,
    message:
        "{wildcards.patient}: appendix pictures"
    script:
        "../../scripts/appendix.py"
