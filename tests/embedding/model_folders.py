"""The default model laid out as other packages want it: its files, and settings as its publisher ships."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from remanence.embedding.minilm import DIMS, GRAPH, SPAN_PIECES

BERT = {
    "architectures": ["BertModel"],
    "model_type": "bert",
    "hidden_size": DIMS,
    "intermediate_size": 4 * DIMS,
    "num_attention_heads": 12,
    "num_hidden_layers": 6,
    "hidden_act": "gelu",
    "layer_norm_eps": 1e-12,
    "max_position_embeddings": 512,
    "type_vocab_size": 2,
    "vocab_size": 30522,
    "pad_token_id": 0,
}
TOKENIZER = {
    "tokenizer_class": "BertTokenizer",
    "do_lower_case": True,
    "model_max_length": SPAN_PIECES,
    "pad_token": "[PAD]",
    "unk_token": "[UNK]",
    "cls_token": "[CLS]",
    "sep_token": "[SEP]",
    "mask_token": "[MASK]",
}
MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
]


def for_sentence_transformers(model: Path, folder: Path) -> Path:
    """A folder that sentence-transformers loads; its vectors are not of length 1, which the adapter mends."""
    pooling = {"word_embedding_dimension": DIMS, "pooling_mode_mean_tokens": True}
    _write(folder, {"config.json": BERT, "tokenizer_config.json": TOKENIZER, "modules.json": MODULES})
    _write(folder, {"sentence_bert_config.json": {"max_seq_length": SPAN_PIECES, "do_lower_case": False}})
    _write(folder / "1_Pooling", {"config.json": pooling})
    return _with_weights(model, folder)


def for_fastembed(model: Path, folder: Path) -> Path:
    """A folder with our graph, whose weights lie beside it, as fastembed loads it."""
    _write(folder, {"config.json": BERT, "tokenizer_config.json": TOKENIZER})
    shutil.copyfile(GRAPH, folder / "model.onnx")
    return _with_weights(model, folder)


def _write(folder: Path, files: dict[str, object]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")


def _with_weights(model: Path, folder: Path) -> Path:
    for name in ("model.safetensors", "tokenizer.json"):
        shutil.copyfile(model / name, folder / name)
    return folder
