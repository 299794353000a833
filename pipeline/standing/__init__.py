"""Where customers stand: what each is worth, and its place among its peers."""
