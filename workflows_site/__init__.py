"""Wiring only: settings, routes, problem answers, the JSON parser. Nothing imports it."""
