"""Where an institution works: test or production; switching between them, and taking settings from one to another."""
