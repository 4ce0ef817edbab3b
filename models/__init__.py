"""Tables: one file per subject, constraints that really constrain. No queries, no decisions."""
