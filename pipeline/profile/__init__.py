"""What a history holds, and what it is too thin for: `moorings profile`."""
