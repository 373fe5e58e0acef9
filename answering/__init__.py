"""What a person fills in: questions of a workflow as inputs of a form, for every page that asks them."""
