"""The simulated default cohort: only for patients whose files the table places below <results>/simulated/."""


rule simulate_patient:
    """Both MRIs, contours, dose and target volumes of a simulated patient, and the truth that was planted."""
    output:
        planning_mri="<results>/simulated/{patient}/planning_mri.nii.gz",
        recurrence_mri="<results>/simulated/{patient}/recurrence_mri.nii.gz",
        gtv="<results>/simulated/{patient}/gtv.nii.gz",
        gtvr="<results>/simulated/{patient}/gtvr.nii.gz",
        dose="<results>/simulated/{patient}/dose.nii.gz",
        isodose95="<results>/simulated/{patient}/isodose95.nii.gz",
        ctv70="<results>/simulated/{patient}/ctv70.nii.gz",
        ctv60="<results>/simulated/{patient}/ctv60.nii.gz",
        truth="<results>/simulated/{patient}/truth.json",
    log:
        "<results>/logs/{patient}/simulate_patient.log",
    benchmark:
        "<results>/benchmarks/{patient}/simulate_patient.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("simulate_patient"),
        simulation=simulation_of(settings, settings["main_sequence"]),
    message:
        "{wildcards.patient}: simulating"
    script:
        "../../scripts/simulate_patient.py"


rule simulate_sequence:
    """A T2 or an ADC of a simulated patient's planning examination, and the truth that was planted."""
    output:
        image="<results>/simulated/{patient}/planning_{sequence}.nii.gz",
        truth="<results>/simulated/{patient}/planning_{sequence}.json",
    log:
        "<results>/logs/{patient}/sequences/{sequence}/simulate_sequence.log",
    benchmark:
        "<results>/benchmarks/{patient}/sequences/{sequence}/simulate_sequence.tsv"
    wildcard_constraints:
        sequence="t2|adc",
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("simulate_sequence"),
        simulation=lambda wildcards: simulation_of(settings, wildcards.sequence),
    message:
        "{wildcards.patient}: simulating {wildcards.sequence}"
    script:
        "../../scripts/simulate_sequence.py"
