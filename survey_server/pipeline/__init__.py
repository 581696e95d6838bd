"""The pipeline: the only door to `analysis`, and so the only one to pandas and matplotlib."""
