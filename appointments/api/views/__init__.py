"""The addresses: each method parses, makes one call into the domain, and renders."""
