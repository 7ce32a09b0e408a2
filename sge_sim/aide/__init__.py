"""The help that answers: its pages as sections, and which of them answer a question.

A question is in a user's words: French stems, words that mean the same, errors of typing. The
administration, the command line and the assistant's tools ask the same index, made from `docs/` in
a clone, and from what `make site` packed elsewhere.
"""
