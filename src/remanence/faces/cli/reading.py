"""Commands of reading: read, parked, reread."""

from __future__ import annotations

from typing import Annotated

import typer

from remanence.faces import readers, reading_documents
from remanence.faces.cli import options
from remanence.faces.cli.call import EXIT_FAULT, Call

Model = Annotated[
    str | None,
    typer.Option("--model", metavar="NAME", help="Which model reads (or set REMANENCE_LLM_MODEL)."),
]
BaseUrl = Annotated[
    str | None,
    typer.Option(
        "--base-url",
        metavar="URL",
        help="Where it is asked (or set REMANENCE_LLM_BASE_URL); OpenAI's if not given.",
    ),
]
MessageLimit = Annotated[
    int | None, typer.Option("--limit", "-n", metavar="N", help="How many messages at most (default: all).")
]
Seconds = Annotated[
    float | None, typer.Option("--seconds", metavar="N", help="Begin no further call after so long.")
]
CallsPerMinute = Annotated[
    float | None, typer.Option("--calls-per-minute", metavar="N", help="Make no more calls than this.")
]
Timeout = Annotated[
    float | None,
    typer.Option("--timeout", metavar="SECONDS", help="How long one call may take (default 60)."),
]
PromptPrice = Annotated[
    float | None, typer.Option("--prompt-price", metavar="N", help="What a million tokens sent cost.")
]
CompletionPrice = Annotated[
    float | None,
    typer.Option("--completion-price", metavar="N", help="What a million tokens answered cost."),
]
Retry = Annotated[bool, typer.Option("--retry", help="Let them wait for the model again.")]
Plan = Annotated[bool, typer.Option("--dry-run", help="Show what it would touch, only.")]


def read(
    call: Call,
    model: Model = None,
    base_url: BaseUrl = None,
    limit: MessageLimit = None,
    seconds: Seconds = None,
    calls_per_minute: CallsPerMinute = None,
    timeout: Timeout = None,
    prompt_price: PromptPrice = None,
    completion_price: CompletionPrice = None,
) -> None:
    """Let a language model read the messages that wait.

    Messages wait where REMANENCE_LLM_MODEL was set when they were observed, or after `reread`. The key is
    REMANENCE_LLM_API_KEY, else OPENAI_API_KEY. Ends with 1 when the endpoint was away; nothing is lost then.
    """
    from remanence.faces.cli import reading_page
    from remanence.reader.llm.reader import TIMEOUT_S, LLMReader

    reader = LLMReader(
        model=model or "",
        base_url=base_url or "",
        calls_per_minute=calls_per_minute,
        timeout_s=TIMEOUT_S if timeout is None else timeout,
        prompt_price=prompt_price,
        completion_price=completion_price,
    )
    with call.write(embeds=True, reader=reader) as cube:
        report = cube.read_pending(limit=limit, seconds=seconds)
        call.answer(
            reading_documents.of_read_report(report), lambda page: reading_page.show_report(page, report)
        )
    if report.stopped is not None:
        raise typer.Exit(EXIT_FAULT)


def parked(call: Call, retry: Retry = False) -> None:
    """List messages that no model could read.

    They were tried too often and wait no longer; with --retry they wait again.
    """
    from remanence.faces.cli import reading_page

    with call.write() if retry else call.read() as cube:
        found = cube.parked()
        retried = cube.retry_parked() if retry else 0
        call.answer(
            reading_documents.of_parked(found, retried=retried),
            lambda page: reading_page.show_parked(page, found, retried=retried),
        )


def reread(call: Call, dry_run: Plan = False, because: options.Because = None) -> None:
    """Bring messages up with the present readers.

    By the rules at once, in one change that undo takes back; for a language model, where REMANENCE_LLM_MODEL
    is set, they are queued. What a person revised, retired or undid stays.
    """
    from remanence.faces.cli import reading_page

    reader = readers.by_environment()
    if dry_run:
        with call.read(reader=reader) as cube:
            plan = cube.plan_reread()
            call.answer(
                reading_documents.of_reread_plan(plan), lambda page: reading_page.show_plan(page, plan)
            )
        return
    with call.write(embeds=True, reader=reader) as cube:
        done = cube.reread(because=because)
        call.answer(reading_documents.of_reread(done), lambda page: reading_page.show_reread(page, done))
