"""Numbers that are somebody's: grouped digits, dictated ones, and what a numbering plan or check digit says of them."""
