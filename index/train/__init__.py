"""Training of the vectors that ship, or of a site's own; nothing that serves imports it."""
