"""What shops send: carts, sessions, profiles, events, pages, and what servers must refuse."""
