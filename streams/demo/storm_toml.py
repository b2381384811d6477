"""The text of the demo city's storm.toml: a storm-intensity formula that is made up like the city."""

STORM_TOML = """\
# The demo city's storm-intensity formula: made up, written by `lowpoint make-demo city`. It is nobody's official formula: a real city
# writes its own, from the document that its design office uses.
# q = a1 (1 + c lg P) / (t + b_min)^n in L/(s ha), P the return period in years, t the duration in min
source = "made up for the demo city 演示市, in the range of northern Chinese cities; not a published formula"
a1 = 2360.0
c = 0.78
b_min = 12.0
n = 0.72
peak_ratio = 0.375       # where in a storm its peak comes
years = [1, 100]         # return periods that the formula is for
minutes = [5, 1440]      # durations that it is for
"""
