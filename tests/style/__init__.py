"""Checks of how the sources look."""
