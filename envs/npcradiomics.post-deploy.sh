#!/usr/bin/env bash
# Snakemake runs this in the new conda environment: wheels of PyPI that conda-forge does not have.
set -euo pipefail
python -m pip install --no-deps pyradiomics-bhklab==3.1.4 itk-core==5.4.7 itk-numerics==5.4.7 rocrate==0.16.0 arcp==0.2.1
