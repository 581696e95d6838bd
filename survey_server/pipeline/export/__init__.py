"""Exports of a round, as tables in several formats."""

from survey_server.pipeline.export.formats import FORMATS as FORMATS
from survey_server.pipeline.export.round_export import export_round as export_round
