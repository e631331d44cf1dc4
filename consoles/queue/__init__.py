"""The ticket queue: what a reader asked for, the rows it comes to, and what stands in each line."""
