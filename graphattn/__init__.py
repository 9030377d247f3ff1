"""Attention on graphs: one operation, and who may attend to whom."""
