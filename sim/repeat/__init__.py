"""Making a saved result again from what its folder keeps, and comparing the two bit by bit."""
