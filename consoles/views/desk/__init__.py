"""The queue with its views and bulk acts, and what is edited for the desks: texts for customers, doubles."""
