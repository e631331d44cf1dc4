"""Numbers that name or measure: orders, mobile numbers, ID cards and amounts; `codes` tells where one begins."""
