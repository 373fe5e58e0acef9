"""The history of a template in the admin, in words and side by side."""
