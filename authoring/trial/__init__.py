"""Trying a draft out: the author walks it as the person would, by the real engine, and nothing is stored."""
