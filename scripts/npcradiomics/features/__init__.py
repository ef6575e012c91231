"""What is measured in one region of one image.

Outliers, resampling, quantization, the 47 features of the paper, those of pyradiomics and of the
Analysis Kit beside them, all with their definitions. Comes in: a volume and a mask. Goes out:
numbers by name. Compiled loops are in `kernels*`.
"""
