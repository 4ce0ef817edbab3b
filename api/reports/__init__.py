"""What a planned day leaves for people: a summary, a timetable, and tables for the terminal."""
