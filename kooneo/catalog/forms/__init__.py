"""What is typed about the catalogue: a module for each thing."""
