"""Every error this package raises on purpose.

RemanenceError
├── InvalidInput            an argument, a message or a file's content is not what it must be
├── NotFound                no item, session or change has this name
├── AmbiguousId             several ids begin with this prefix
├── Refused                 the cube's own rules forbid the change
│   ├── ItemFrozen          the item is frozen
│   ├── ItemErased          the item was erased
│   └── UndoConflict        later changes built on the one to undo
├── CubeError               the file, or what it is opened with, is not usable
│   ├── NotACube            the file is no cube, or not whole
│   ├── CubeDamaged         the file is a cube, and part of it contradicts the rest
│   ├── CubeTooNew          a newer Remanence wrote it
│   ├── CubeReadOnly        it can be read and not written
│   │   └── CubeOutdated    an older Remanence wrote it, and reading alone does not migrate it
│   ├── CubeBusy            another process holds it for longer than the wait allowed
│   ├── CubeFull            no space is left where it lies
│   ├── CubeClosed          it was closed
│   ├── WrongKey            its key is missing or wrong
│   └── EmbedderMismatch    its vectors come from another embedder
├── TargetUnusable          an export can't be written where it should
├── ExtraMissing            a part is needed that is installed only when asked for
├── SignatureInvalid        a signed document is not what the holder of the key signed
├── ReadingFailed           the language model's endpoint refuses whatever it is asked
├── RerankingFailed         a reranker told no order
├── NotOffered              a cube behind a server can't do this, or not in this way
├── RemoteFailed            the server of a cube could not be reached, or did not answer as it should
│   └── AccessRefused       it does not take the API key, or not for this
└── EmbeddingError          no vector could be made
    ├── ModelUnavailable    the model is neither in the cache nor to be fetched
    └── EndpointFailed      the embedding endpoint did not answer as it should

Whatever is raised, the call that raised it changed nothing unless its message says otherwise.
"""

from __future__ import annotations


class RemanenceError(Exception):
    """Root of all errors raised on purpose."""


class InvalidInput(RemanenceError, ValueError):
    """An argument, a message or a file's content is not what it must be."""


class NotFound(RemanenceError, LookupError):
    """No item, session or change has this name."""


class AmbiguousId(RemanenceError, LookupError):
    """Several ids begin with this prefix."""


class Refused(RemanenceError):
    """The cube's own rules forbid the change."""


class ItemFrozen(Refused):
    """The item is frozen: thaw it first."""


class ItemErased(Refused):
    """The item was erased: only its place is left."""


class UndoConflict(Refused):
    """Later changes built on the one to undo."""


class CubeError(RemanenceError):
    """The file, or what it is opened with, is not usable."""


class NotACube(CubeError):
    """The file is no cube, or not whole."""


class CubeDamaged(CubeError):
    """The file is a cube, and part of it contradicts the rest."""


class CubeTooNew(CubeError):
    """A newer Remanence wrote the file."""


class CubeReadOnly(CubeError):
    """The cube can be read and not written."""


class CubeOutdated(CubeReadOnly):
    """The cube has an older format: opening it for writing brings it up, opening it for reading does not."""


class CubeBusy(CubeError):
    """Another process holds the cube for longer than the wait allowed."""


class CubeFull(CubeError):
    """No space is left where the cube lies."""


class CubeClosed(CubeError):
    """The cube was closed."""


class WrongKey(CubeError):
    """The cube's key is missing or wrong."""


class EmbedderMismatch(CubeError):
    """The cube's vectors come from another embedder."""


class TargetUnusable(RemanenceError):
    """An export can't be written where it should."""


class ExtraMissing(RemanenceError, ImportError):
    """A part is needed that is installed only when asked for: the message names the extra."""


class SignatureInvalid(RemanenceError):
    """A signed document is not what the holder of the key signed."""


class ReadingFailed(RemanenceError):
    """The language model's endpoint refuses whatever it is asked: its key, model or address is wrong."""


class RerankingFailed(RemanenceError):
    """A reranker told no order."""


class NotOffered(RemanenceError):
    """A cube behind a server can't do this, or not in this way; the message says what to do instead."""


class RemoteFailed(RemanenceError):
    """The server of a cube could not be reached, or did not answer as it should."""


class AccessRefused(RemoteFailed):
    """The server does not take the API key, or not for this."""


class EmbeddingError(RemanenceError):
    """No vector could be made."""


class ModelUnavailable(EmbeddingError):
    """The model is neither in the cache nor to be fetched."""


class EndpointFailed(EmbeddingError):
    """The embedding endpoint did not answer as it should."""
