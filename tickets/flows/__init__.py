"""What a flow is: its one typed definition, and how each fault in it is said in words."""
