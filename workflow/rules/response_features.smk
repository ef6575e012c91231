"""From images to the cohort's table of features."""


rule simulate_tumours:
    """Image, mask and truth of every patient of the simulated default cohort."""
    output:
        images=expand("<results>/simulated/{patient}/image.nii.gz", patient=simulated_patients),
        masks=expand("<results>/simulated/{patient}/mask.nii.gz", patient=simulated_patients),
        truths=expand("<results>/simulated/{patient}/truth.json", patient=simulated_patients),
    log:
        "<results>/logs/simulate_tumours.log",
    benchmark:
        "<results>/benchmarks/simulate_tumours.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("simulate_tumours"),
        rows=[
            {
                "patient": name,
                "response": patients[name]["response"],
                "centre": patients[name].get("centre", "A"),
            }
            for name in simulated_patients
        ],
        simulation=settings["simulation"],
    script:
        "../../scripts/simulate_tumours.py"


rule measure_tumours:
    """The features of a few patients' tumours; every faulty patient among them is named."""
    input:
        images=files_of_part("image"),
        masks=files_of_part("mask"),
        pyradiomics=settings["features"]["pyradiomics"],
    output:
        features="<results>/features/part{part}.tsv",
        notes="<results>/features/part{part}_notes.json",
        inputs="<results>/features/part{part}_inputs.json",
    log:
        "<results>/logs/part{part}/measure_tumours.log",
    benchmark:
        "<results>/benchmarks/part{part}/measure_tumours.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("measure_tumours"),
        rows=lambda wildcards: [
            {key: located(row["patient"])[key] for key in ("patient", "image", "mask")}
            for row in parts[wildcards.part]
        ],
        features=settings["features"],
    message:
        "features of tumours, part {wildcards.part}"
    script:
        "../../scripts/measure_tumours.py"


rule perturb_tumours:
    """The features of a few training tumours in perturbed examinations: contours drawn again, image turned, shifted, noisier."""
    input:
        images=files_of_part("image", perturbed_parts),
        masks=files_of_part("mask", perturbed_parts),
        pyradiomics=settings["features"]["pyradiomics"],
    output:
        perturbed="<results>/features/perturbed{part}.tsv",
    log:
        "<results>/logs/part{part}/perturb_tumours.log",
    benchmark:
        "<results>/benchmarks/part{part}/perturb_tumours.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("perturb_tumours"),
        rows=lambda wildcards: [
            {key: located(row["patient"])[key] for key in ("patient", "image", "mask")}
            for row in perturbed_parts[wildcards.part]
        ],
        features=settings["features"],
        n_perturbations=settings["repeatability"]["n_perturbations"],
        seed=settings["repeatability"]["seed"],
    message:
        "perturbed tumours, part {wildcards.part}"
    script:
        "../../scripts/perturb_tumours.py"


rule collect_tumours:
    """One table of the cohort: patient, response, set, features; and one of the new patients."""
    input:
        parts=expand("<results>/features/part{part}.tsv", part=parts),
        notes=expand("<results>/features/part{part}_notes.json", part=parts),
        inputs=expand("<results>/features/part{part}_inputs.json", part=parts),
    output:
        features="<results>/cohort/features.tsv",
        new_features="<results>/cohort/new_features.tsv",
        notes="<results>/cohort/notes.json",
    log:
        "<results>/logs/collect_tumours.log",
    benchmark:
        "<results>/benchmarks/collect_tumours.tsv"
    conda:
        "../../envs/npcradiomics.yaml"
    params:
        *code_of("collect_tumours"),
        rows=[
            {
                "patient": name,
                "response": row["response"],
                "set": where,
                "centre": row.get("centre", ""),
            }
            for (name, row), where in zip(patients.items(), sets, strict=True)
        ],
        new_centres={name: row["centre"] for name, row in new_patients.items() if row.get("centre")},
    script:
        "../../scripts/collect_tumours.py"
