"""What past actions did and what predictions came to: `moorings outcomes`."""
