"""The planner against first come first served, a monolithic CP-SAT model and PyJobShop."""
