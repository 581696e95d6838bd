"""The question types: one module a type, whose `TYPE` is its record. A type is added by adding its files."""

from importlib import import_module
from pkgutil import iter_modules

from survey_server.problems import answers as answer_problems
from survey_server.questionnaire.model import QuestionType

TYPES: dict[str, QuestionType] = {
    module.name: import_module(f"{__name__}.{module.name}").TYPE for module in iter_modules(__path__)
}
answer_problems.TYPES.update({name: each.expected for name, each in TYPES.items() if each.expected})
