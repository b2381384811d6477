"""The `lowpoint` command: finds a command by name and imports only what that command needs."""

from importlib import import_module

import click

COMMANDS = {
    # name: module:function, in the order that --help lists them
    "replay": "streams.cli.replay:replay",
    "train": "streams.cli.train:train",
    "evaluate": "streams.cli.evaluate:evaluate",
    "bench": "streams.cli.bench:bench",
    "model": "streams.cli.model:model",
    "topics": "streams.cli.topics:topics",
    "worker": "streams.cli.worker:worker",
    "residents": "streams.cli.residents:residents",
    "check-config": "streams.cli.check_config:check_config",
    "gateway": "streams.cli.gateway:gateway",
    "project": "streams.cli.project:project",
    "send": "streams.cli.send:send",
    "receipts": "streams.cli.receipts:receipts",
    "replies": "streams.cli.replies:replies",
    "account": "streams.cli.account:account",
    "web": "streams.cli.web:web",
    "desk": "streams.cli.desk:desk",
    "orders": "streams.cli.act:orders",
    "act": "streams.cli.act:act",
    "officers": "streams.cli.officers:officers",
    "audit": "streams.cli.audit:audit",
    "reports": "streams.cli.reports:reports",
    "plates": "streams.cli.plates:plates",
    "signs": "streams.cli.signs:signs",
    "watchdog": "streams.cli.watchdog:watchdog",
    "demo": "streams.cli.demo:demo",
    "drill": "streams.cli.drill:drill",
    "import": "streams.cli.import_data:import_data",
    "archive": "streams.cli.archive:archive",
    "make-demo": "streams.cli.make_demo:make_demo",
    "fake-twilio": "streams.cli.fake_twilio:fake_twilio",
    "scenarios": "streams.cli.scenarios:scenarios",
    "camera": "streams.cli.camera:camera",
    "what-if": "streams.cli.what_if:what_if",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called, so that `lowpoint --help` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the table above."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command, None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, function = COMMANDS[cmd_name].split(":")
        command = getattr(import_module(module), function)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Lowpoint: urban flood warning, from road sensors to a signed text."""


if __name__ == "__main__":
    main(prog_name="lowpoint")
