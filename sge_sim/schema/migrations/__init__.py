"""The history of the schema, forwards only: a database is never taken back."""
