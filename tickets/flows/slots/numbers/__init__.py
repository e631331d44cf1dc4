"""Numbers that name something: orders, and people by their mobile number or ID card; `codes` tells where one begins."""
