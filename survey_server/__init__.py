"""A survey and field-data-collection server: questionnaires in YAML, offline tablets, honest charts."""

__version__ = "0.1.0"
