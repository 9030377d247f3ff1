"""Social networks: people as nodes, ties as edges."""
