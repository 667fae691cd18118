"""Where the default model is: REMANENCE_MODEL, the installed wheel, the user's cache; else it is fetched.

Asked by open_embedder, and by faces that fetch the model ahead and show the progress.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from remanence.embedding import model_files
from remanence.embedding.model_files import MODEL_VARIABLE, RELEASE, Release, is_whole, require_whole
from remanence.embedding.progress import Progress, silent
from remanence.errors import ModelUnavailable


def find_model(
    *, progress: Progress = silent, cache: Path | None = None, environ: Mapping[str, str] = os.environ
) -> Path:
    """The folder of the whole model, fetched if it is nowhere on this machine.

    Raises ModelUnavailable when REMANENCE_MODEL names a folder without the right files, or when no
    road led to them; the message says what each one met, and what to do.
    """
    cache = model_files.cache_folder() if cache is None else cache
    found = local_model(cache, environ=environ)
    if found is not None:
        return found
    # Its HTTP and SSL modules take longer to import than a model that is at hand takes to load.
    from remanence.embedding.fetch import fetch_model
    from remanence.embedding.roads import default_roads

    return fetch_model(cache, roads=default_roads(), progress=progress)


def local_model(
    cache: Path, *, environ: Mapping[str, str] = os.environ, release: Release = RELEASE
) -> Path | None:
    """The folder of the whole model where it is on this machine; None where it is not.

    Raises ModelUnavailable when REMANENCE_MODEL names a folder without the right files.
    """
    named = model_files.named_folder(environ)
    if named is not None:
        try:
            require_whole(named, stamps_in=cache, release=release)
        except ModelUnavailable as error:
            raise ModelUnavailable(
                f"{MODEL_VARIABLE} is set, but {error}; name a folder with the right files, or unset it"
            ) from error
        return named
    for folder in (model_files.installed_folder(), cache):
        if folder is not None and is_whole(folder, stamps_in=cache, release=release):
            return folder
    return None
