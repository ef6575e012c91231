"""The heterogeneity study's dose and its 95 % isodose, and its simulated patients as DICOM."""


rule import_dose:
    """An RTDOSE in gray on its own grid, in the frame of the planning MRI."""
    input:
        source=simulated_source("dose"),
        image=lambda wildcards: files_of(wildcards.patient)["planning_mri"],
        facts=frame_facts("dose"),
        registration=file_of_registration("dose"),
    output:
        dose="<results>/patients/{patient}/imported/dose.nii.gz",
    log:
        "<results>/logs/{patient}/import_dose.log",
    benchmark:
        "<results>/benchmarks/{patient}/import_dose.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("import_dose"),
        source=source_of("dose"),
        image=lambda wildcards: located(wildcards.patient)["planning_mri"],
        registration=lambda wildcards: registration_of("dose", wildcards),
    message:
        "{wildcards.patient}: importing the dose"
    script:
        "../../scripts/import_dose.py"


rule isodose95:
    """The 95 % isodose on the grid of the planning MRI, from the dose and the prescription of the table or the config."""
    input:
        unpack(files_in("dose", "planning_mri")),
    output:
        isodose95="<results>/patients/{patient}/imported/isodose95_of_dose.nii.gz",
    log:
        "<results>/logs/{patient}/isodose95.log",
    benchmark:
        "<results>/benchmarks/{patient}/isodose95.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("isodose95"),
        prescription_gy=lambda wildcards: prescription_of(wildcards.patient),
        source=lambda wildcards: patients[wildcards.patient]["dose"],
        dose=lambda wildcards: located(wildcards.patient)["dose"],
        planning_mri=lambda wildcards: located(wildcards.patient)["planning_mri"],
    message:
        "{wildcards.patient}: 95 % isodose"
    script:
        "../../scripts/isodose95.py"


rule simulate_dicom:
    """A simulated patient as a planning system would hand it over: MR series, RTSTRUCTs, RTDOSE."""
    input:
        planning_mri="<results>/simulated/{patient}/planning_mri.nii.gz",
        recurrence_mri="<results>/simulated/{patient}/recurrence_mri.nii.gz",
        gtv="<results>/simulated/{patient}/gtv.nii.gz",
        gtvr="<results>/simulated/{patient}/gtvr.nii.gz",
        dose="<results>/simulated/{patient}/dose.nii.gz",
    output:
        planning_mri=directory("<results>/simulated/{patient}/dicom/planning_mri"),
        recurrence_mri=directory("<results>/simulated/{patient}/dicom/recurrence_mri"),
        planning_structures="<results>/simulated/{patient}/dicom/planning_structures.dcm",
        recurrence_structures="<results>/simulated/{patient}/dicom/recurrence_structures.dcm",
        dose="<results>/simulated/{patient}/dicom/dose.dcm",
    log:
        "<results>/logs/{patient}/simulate_dicom.log",
    benchmark:
        "<results>/benchmarks/{patient}/simulate_dicom.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("simulate_dicom"),
    message:
        "{wildcards.patient}: simulated patient as DICOM"
    script:
        "../../scripts/simulate_dicom.py"
