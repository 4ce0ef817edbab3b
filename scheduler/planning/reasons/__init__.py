"""What the planner says, and how: codes with facts, and their sentences in English and Chinese."""
