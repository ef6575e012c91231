"""A map for patients of whom only the planning MRI and the GTV are known, by a frozen model."""


rule predict_risk:
    """The risk map of a new patient by the frozen model, and how far his tumour is from those it was fitted on."""
    input:
        unpack(files_in("gtv")),
        planning_mri=measured_mri,
        model=risk_model,
    output:
        risk="<results>/new_patients/{patient}/risk.nii.gz",
        distance="<results>/new_patients/{patient}/distance.json",
    log:
        "<results>/logs/{patient}/predict_risk.log",
    benchmark:
        "<results>/benchmarks/{patient}/predict_risk.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("predict_risk"),
        made_with=risk_settings,
        covering=covering,
        extraction=settings["extraction"],
    message:
        "{wildcards.patient}: risk map by the frozen model"
    script:
        "../../scripts/predict_risk.py"


rule predict:
    """Risk maps of the new patients (key `risk_map: new_patients`) by the cohort's frozen model, and how far each is from training."""
    input:
        predicted,
