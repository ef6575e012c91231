#!/usr/bin/env bash
# Snakemake runs this in the new conda environment. PyPI's pyradiomics 3.1.0 is broken; 3.0.1 needs numpy to build.
# ITK's feature classes are wheels of PyPI.
set -euo pipefail
python -m pip install --no-build-isolation --no-deps pyradiomics==3.0.1
python -m pip install --no-deps itk-core==5.4.7 itk-numerics==5.4.7
