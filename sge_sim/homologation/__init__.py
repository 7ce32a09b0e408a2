"""Preparing for the homologation: its test cases as data, and what runs and judges them."""
