"""Templates and their versions: validate, publish, discover, retire."""
