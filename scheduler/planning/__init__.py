"""Planning (排期): when, where, in which rooms, split or not."""
