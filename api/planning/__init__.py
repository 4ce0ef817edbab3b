"""What the service does between its database and the planner: freeze, solve apart, answer changes, watch."""
