"""What the parts that answer requests share: how what was sent is read, whose request it is, and our addresses."""
