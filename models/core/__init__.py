"""The physics of a low point: a nonlinear reservoir behind its catchment, carried by an ensemble of parameter sets."""
