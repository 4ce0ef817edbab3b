"""Second opinions: checks of plans and draws that import nothing they check."""
