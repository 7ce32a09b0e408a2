"""The projects below have a pytest of their own, which `test_pytest_plugin.py` runs."""

collect_ignore = ["user_project"]
