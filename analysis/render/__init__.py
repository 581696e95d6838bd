"""Specifications of pictures, and renderers that draw them: SVG, and a matplotlib figure for PNG, PDF and notebooks."""
