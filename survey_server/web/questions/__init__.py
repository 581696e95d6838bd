"""One module per question type, found by its name: see `question_types`."""
