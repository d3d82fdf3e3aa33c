"""The ``singledesk`` command: which commands there are, in the order in which they are listed.

Modules that cost time to import are imported inside the verb that needs them, so ``--help`` answers at once.
What goes wrong is turned into a message and an exit code by ``sim.guard.verb``.
"""

from __future__ import annotations

import typer
from typer.core import TyperGroup

from sim.experiment_commands import ablation, calibrate, game, incidence, reconstruct, sensitivity, study, sweep
from sim.guard import end_with_command, ready_streams
from sim.picture_commands import animate, dashboard, plot, report
from sim.results_commands import reproduce, results
from sim.scenario_commands import compare, new, run, schema, show, validate

FIRST = (run, compare, validate, show, new)
EXPERIMENTS = (study, reconstruct, ablation, incidence, game, calibrate, sweep, sensitivity)
LAST = (plot, animate, report, dashboard, schema)


class InOrder(TyperGroup):
    """Lists commands in the order of use; Typer alone would put ``results``, a group of commands, last."""

    def list_commands(self, ctx: object) -> list[str]:
        """Names in order."""
        first, last = ([each.__name__ for each in part] for part in ((*FIRST, *EXPERIMENTS), LAST))
        return [*first, str(results.info.name), reproduce.__name__, *last]


app = typer.Typer(
    name="singledesk",
    cls=InOrder,
    help="Simulate a world market of grain: single desk, multiple sellers and the subsidy war.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (*FIRST, *EXPERIMENTS, *LAST):
    app.command()(command)
app.command()(reproduce)
app.add_typer(results)


def main() -> None:
    """Entry point of the ``singledesk`` command."""
    ready_streams()
    end_with_command()
    app(prog_name="singledesk")


if __name__ == "__main__":
    main()
