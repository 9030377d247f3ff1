"""Molecules: atoms as nodes, bonds as edges."""
