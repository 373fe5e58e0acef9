"""The hosted page: a person fills in, corrects and confirms one workflow, with or without a model beside it."""
