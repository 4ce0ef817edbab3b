"""The engine of Yidi: pure functions on frozen values. No database, web, clock, environment or entropy."""
