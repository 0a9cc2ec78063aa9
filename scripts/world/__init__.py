"""Random worlds for the oracle: a server's true life, the trail that it left, and clones that saw some of it."""
