"""A document as rows of inputs, and back: editing one thing never changes what was not edited. Pure, without Django.

Every row carries the part of the document that it was made of (its *base*). What is read back starts from the base and
takes over only the inputs whose text is not the one that was shown; so what no input can say is carried as it is.
"""
