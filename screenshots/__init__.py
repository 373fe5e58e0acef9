"""Pictures of our pages for the documentation, made by a script so that they show what is there: `make screenshots`."""
