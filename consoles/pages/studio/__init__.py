"""What the pages of the studio show."""
