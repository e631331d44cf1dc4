"""Where fields of a helpdesk go, as an administrator sets them up, and how its text is read."""
