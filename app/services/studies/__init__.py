"""Human studies: made, frozen, carried out in sessions, and read."""
