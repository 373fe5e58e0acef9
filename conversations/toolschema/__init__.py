"""What models are told that they can call: tools and their schemas, in the dialect of each provider. Pure."""
