"""A simulated day (演示日) that runs by itself: ordinary service calls, due by a simulated clock.

Nothing is remembered but the clock, and that in the database: what is due follows from the database and what
the made-up people do from the seed, so that a demo that was killed goes on where it was.
"""

from api.demo.driver import Demo, first_moment

__all__ = ["Demo", "first_moment"]
