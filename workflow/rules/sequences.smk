"""Further sequences of the planning examination, if the config names any: registered, contours carried to them, measured.

A sequence that must not be measured in a patient (its registration failed, its grid is too coarse) is out by itself: its
regions.json and its tables say why, and `cohort/sequences.tsv` tells it.
"""


rule register_sequence:
    """Rigid registration of a further sequence to the planning MRI, or the transform that is given or the headers; checked."""
    input:
        unpack(files_in("planning_mri", "gtv")),
        sequence=file_of_sequence,
        given=given_transform,
        frames=frames_of,
        said=said_of_numbers,
    output:
        transform=f"{SEQUENCE}/registration/sequence_to_planning.tfm",
        sequence_on_planning=f"{SEQUENCE}/registration/sequence_on_planning.nii.gz",
        quality=f"{SEQUENCE}/registration/quality.json",
        inputs=f"{SEQUENCE}/inputs.json",
    log:
        "<results>/logs/{patient}/sequences/{sequence}/register_sequence.log",
    benchmark:
        "<results>/benchmarks/{patient}/sequences/{sequence}/register_sequence.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("register_sequence"),
        column=lambda wildcards: column_of(wildcards.sequence),
        files=lambda wildcards: cells_of_sequence(wildcards.patient, wildcards.sequence),
        same_frame=lambda wildcards: settings["sequence_settings"]
        .get(wildcards.sequence, {})
        .get("same_frame", False),
        parameters=settings["registration"]["parameters"],
        limits=settings["registration"]["limits"] | settings["registration"]["sequence_limits"],
    message:
        "{wildcards.patient}: registering {wildcards.sequence} to the planning MRI"
    script:
        "../../scripts/register_sequence.py"


rule carry_regions:
    """GTV, GTVr and both regions on the sequence's own grid, whose voxels stay as they are. The gate of its registration."""
    input:
        unpack(files_in("gtv")),
        gtvr="<results>/patients/{patient}/regions/gtvr_on_planning.nii.gz",
        sequence=file_of_sequence,
        transform=f"{SEQUENCE}/registration/sequence_to_planning.tfm",
        quality=f"{SEQUENCE}/registration/quality.json",
    output:
        **masks_on_sequence,
        report=f"{SEQUENCE}/regions/regions.json",
    log:
        "<results>/logs/{patient}/sequences/{sequence}/carry_regions.log",
    benchmark:
        "<results>/benchmarks/{patient}/sequences/{sequence}/carry_regions.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("carry_regions"),
        column=lambda wildcards: column_of(wildcards.sequence),
        review=lambda wildcards: [
            patients[wildcards.patient].get(f"{column_of(wildcards.sequence)}_{what}", "")
            for what in ("review", "note")
        ],
        regions={key: settings["regions"][key] for key in ("recurrent", "min_voxels")},
    message:
        "{wildcards.patient}: regions on the grid of {wildcards.sequence}"
    script:
        "../../scripts/carry_regions.py"


use rule normalise_intensity as normalise_sequence with:
    input:
        planning_mri=file_of_sequence,
    output:
        image=f"{SEQUENCE}/intensity/{{sequence}}.nii.gz",
        field=f"{SEQUENCE}/intensity/bias_field.nii.gz",
        record=f"{SEQUENCE}/intensity/normalisation.json",
    log:
        "<results>/logs/{patient}/sequences/{sequence}/normalise_sequence.log",
    benchmark:
        "<results>/benchmarks/{patient}/sequences/{sequence}/normalise_sequence.tsv"
    params:
        *code_of("normalise_intensity"),
        method=lambda wildcards: normalisation_of(wildcards.sequence),
        reference={},
    message:
        "{wildcards.patient}: intensities of {wildcards.sequence}"


use rule extract_features as extract_sequence with:
    input:
        **{region: masks_on_sequence[region] for region in REGIONS},
        gtv=masks_on_sequence["gtv"],
        planning_mri=measured_sequence,
        pyradiomics=settings["pyradiomics"],
        report=rules.carry_regions.output.report,
    output:
        **{region: f"{SEQUENCE}/features/{region}.tsv" for region in REGIONS},
        pyradiomics=f"{SEQUENCE}/features/pyradiomics.tsv",
        notes=f"{SEQUENCE}/features/notes.json",
        intensities=f"{SEQUENCE}/features/intensities.tsv",
    log:
        "<results>/logs/{patient}/sequences/{sequence}/extract_sequence.log",
    benchmark:
        "<results>/benchmarks/{patient}/sequences/{sequence}/extract_sequence.tsv"
    params:
        *code_of("extract_features"),
        extraction=lambda wildcards: extraction_of(settings, wildcards.sequence),
    message:
        "{wildcards.patient}: features of both regions in {wildcards.sequence}"


rule draw_sequence:
    """The same places as drawn for the main sequence, measured in another; and surrogates of its own texture."""
    input:
        draws="<results>/patients/{patient}/null/draws.npz",
        gtv=lambda wildcards: files_of(wildcards.patient)["gtv"],
        gtv_on_sequence=masks_on_sequence["gtv"],
        sequence=measured_sequence,
        transform=rules.register_sequence.output.transform,
        report=rules.carry_regions.output.report,
    output:
        draws=f"{SEQUENCE}/null/draws.npz",
    log:
        "<results>/logs/{patient}/sequences/{sequence}/draw_sequence.log",
    benchmark:
        "<results>/benchmarks/{patient}/sequences/{sequence}/draw_sequence.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("draw_sequence"),
        extraction=lambda wildcards: extraction_of(settings, wildcards.sequence),
    message:
        "{wildcards.patient}: the drawn places in {wildcards.sequence}, and surrogates"
    script:
        "../../scripts/draw_sequence.py"
