"""What marshmallow finds wrong with the shape of a body, as messages in the reader's language."""

from __future__ import annotations

from marshmallow import ValidationError

from survey_server.i18n import LibraryMessage, Message

_WHOLE = "_schema"  # marshmallow's name for the body itself


def shape_problems(error: ValidationError) -> tuple[Message, ...]:
    """For each field the first thing that is wrong with it, without a full stop."""
    messages = error.messages if isinstance(error.messages, dict) else {_WHOLE: error.messages}
    return tuple(_named(str(name), _first(found)) for name, found in messages.items())


def _named(name: str, message: Message) -> Message:
    return message if name == _WHOLE else Message("{name}: {message}", name=name, message=message)


def _first(found: object) -> Message:
    said = found[0] if isinstance(found, list) and found else found
    return LibraryMessage(str(said).rstrip("."), "marshmallow")
