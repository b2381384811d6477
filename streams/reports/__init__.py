"""What citizens report of the water: taken in, weighed by an operator, and turned into observations."""
