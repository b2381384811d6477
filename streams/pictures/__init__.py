"""Pictures of others: taken in without harm, kept by what is in them, shown without faces."""
