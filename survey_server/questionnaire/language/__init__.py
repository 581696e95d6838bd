"""The expressions of questionnaires, a subset of XLSForm's: `syntax` parses them, `resolve` checks them against a
questionnaire and makes a JSON tree.

Two interpreters evaluate the tree, `evaluate` here and `web/static/tablet/expressions.js`; tests compare them.
"""
