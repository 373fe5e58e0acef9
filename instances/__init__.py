"""Workflows: starting them, acting on them, storing what the engine decides with its events in one transaction."""
