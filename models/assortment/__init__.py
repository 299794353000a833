"""What a customer buys of us, product by product: what it left out, and what those who buy alike buy."""
