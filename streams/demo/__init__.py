"""The demo city and its simulated storm: everything in here is made up, and says so."""
