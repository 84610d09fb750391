"""Experiments with the clusters under ``deploy/``: queries go on while members are killed and data change."""
