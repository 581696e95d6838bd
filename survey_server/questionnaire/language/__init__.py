"""XLSForm's expressions: parsed by lark, resolved and typed against a questionnaire, kept as a small JSON tree.

Two interpreters read the tree, `evaluate` here and `static/tablet/expressions.js`; tests hold them equal.
"""
