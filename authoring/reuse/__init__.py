"""Reusable steps in the admin: put in, made of a step, brought up to date."""
