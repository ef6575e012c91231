"""Figures in print size, one style sheet and one meaning per colour.

A figure draws a tidy table and computes nothing; the published table beside it comes in, a
matplotlib figure goes out, and `saving` writes it.
"""
