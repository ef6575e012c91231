"""Figures in print size, one style and one meaning per colour;

a figure draws a tidy table and computes nothing.
"""
