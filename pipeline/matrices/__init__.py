"""History and cutoffs to matrices and labels, kept to be used again; and which customers and columns they hold."""
