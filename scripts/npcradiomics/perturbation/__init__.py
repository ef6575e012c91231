"""What another scan and another hand would have made of one examination.

Contours drawn again and grown or shrunk, heads turned and shifted by parts of a voxel, noise added,
by seed. Comes in: an image and its contours. Goes out: images and contours, perturbed.
"""
