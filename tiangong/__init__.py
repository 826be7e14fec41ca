"""Tiangong Deploy: pull-based GitOps with Git as the only source of truth. Start reading in `cycle.py`."""

__version__ = "0.1.0"
