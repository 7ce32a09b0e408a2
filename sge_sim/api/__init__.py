"""The administration of a simulator, as programs call it."""
