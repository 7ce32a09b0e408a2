"""The catalogue of test cases: its files, their schema, its releases."""
