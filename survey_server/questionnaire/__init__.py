"""The language of questionnaires: pure, without Flask, SQL or pandas."""
