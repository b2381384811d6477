"""Who may do what in the command centre: accounts, roles, passwords, second factors, sessions and keys of machines."""
