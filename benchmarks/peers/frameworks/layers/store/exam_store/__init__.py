"""What the peers with a framework have in common."""
