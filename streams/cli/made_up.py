"""The command that stands in for the app on a phone, for the made-up accounts of a demo and of a drill."""

from __future__ import annotations

import click


def code_command(run: str) -> click.Command:
    """`code NAME`, for the accounts of the "demo" or the "drill" that is under way."""

    @click.command()
    @click.argument("name")
    def code(name: str) -> None:
        """Say the six digits that NAME signs in with now, while it runs. A code is good once."""
        from streams import clock
        from streams.demo.accounts import accounts_file, code_now
        from streams.officers.account import AccountError
        from streams.settings import Settings

        try:
            digits, left_s = code_now(accounts_file(Settings().home, run), name, clock.now_us())
        except AccountError as error:
            raise click.ClickException(str(error)) from error
        click.echo(digits)
        click.echo(f"a new one in {left_s} s", err=True)

    return code
