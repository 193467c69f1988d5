"""A Whisper of random weights that says one sentence, whatever it hears.

Run by scripts/make_test_whisper in an environment of its own that has torch, transformers and
ctranslate2. The encoder is an ordinary one, so cost and shapes are real. The decoder's layers are
emptied: of what enters them only the embeddings of the token and of its position come out, and a
position's embedding is that of the token that is to follow. So position k always yields the k-th
token of the script, and then the end of text.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch  # noqa: TID253 - has an environment of its own
from ctranslate2.converters import TransformersConverter
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import WhisperConfig, WhisperForConditionalGeneration

SENTENCE = " please hold the line while I look that up for you"
PAIRS = ("\u0120-", "\u0120'", "\u0120\u00e2")
"""Faster-whisper forbids the first token of " -", " '" and " ♪"; were that the bare space, no
space could be said, so each is a token of its own."""
EMPTY = 299
"""Id of the empty token: CTranslate2 calls a model multilingual whose vocabulary holds it."""
TEXT_TOKENS = 320
TIMESTAMPS = 1501
LANGUAGES = (
    "en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th "
    "ur hr bg lt la mi ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr "
    "pa si km sn yo so af oc ka be tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt "
    "haw ln ha ba jw su yue"
).split()
SIZES = {
    "micro": {"width": 64, "layers": 1, "heads": 1, "inner": 128},
    "tiny": {"width": 384, "layers": 4, "heads": 6, "inner": 1536},
}
FILES = ("config.json", "model.bin", "tokenizer.json", "vocabulary.json")


def specials() -> list[str]:
    """Whisper's special tokens in their order."""
    marks = ["<|endoftext|>", "<|startoftranscript|>", *(f"<|{x}|>" for x in LANGUAGES)]
    marks += ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>"]
    marks += ["<|nospeech|>", "<|notimestamps|>"]
    return marks + [f"<|{i * 0.02:.2f}|>" for i in range(TIMESTAMPS)]


def make_tokenizer() -> Tokenizer:
    """Bytes as tokens, some fillers, the pairs, then the specials."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = letters + [f"<fill{i}>" for i in range(len(letters), TEXT_TOKENS - len(PAIRS))]
    vocabulary = {word: i for i, word in enumerate([*words, *PAIRS])}
    merges = [(pair[0], pair[1]) for pair in PAIRS]
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(x, special=True) for x in specials()])
    return tokenizer


def make_model(tokenizer: Tokenizer, size: dict[str, int]) -> Any:
    """The model with its decoder scripted."""
    end = tokenizer.token_to_id("<|endoftext|>")
    model = WhisperForConditionalGeneration(
        WhisperConfig(
            vocab_size=tokenizer.get_vocab_size(),
            num_mel_bins=80,
            max_source_positions=1500,
            max_target_positions=448,
            d_model=size["width"],
            encoder_layers=size["layers"],
            decoder_layers=size["layers"],
            encoder_attention_heads=size["heads"],
            decoder_attention_heads=size["heads"],
            encoder_ffn_dim=size["inner"],
            decoder_ffn_dim=size["inner"],
            decoder_start_token_id=tokenizer.token_to_id("<|startoftranscript|>"),
            eos_token_id=end,
            bos_token_id=end,
            pad_token_id=end,
            suppress_tokens=[],
            begin_suppress_tokens=[],
        )
    ).eval()
    with torch.no_grad():
        script_decoder(model, tokenizer, size["width"])
    return model


def script_decoder(model: Any, tokenizer: Tokenizer, width: int) -> None:
    """See the module."""
    decoder = model.model.decoder
    directions = torch.randn(tokenizer.get_vocab_size(), width)
    directions = torch.nn.functional.normalize(directions, dim=1)
    decoder.embed_tokens.weight.copy_(directions * 0.05)
    for layer in decoder.layers:
        for part in (layer.self_attn.out_proj, layer.encoder_attn.out_proj, layer.fc2):
            part.weight.zero_()
            part.bias.zero_()
    decoder.layer_norm.weight.fill_(60.0)
    decoder.layer_norm.bias.zero_()
    says = ["<|en|>", "<|transcribe|>", "<|0.00|>"]
    says += [c for word, _ in pieces(SENTENCE) for c in word]
    where = decoder.embed_positions.weight
    where.copy_(directions[tokenizer.token_to_id("<|endoftext|>")].expand_as(where))
    for k, token in enumerate(says):
        where[k] = directions[tokenizer.token_to_id(token)]
    model.proj_out.weight = decoder.embed_tokens.weight


def pieces(text: str) -> list[tuple[str, tuple[int, int]]]:
    """The text as byte-level words, as the tokenizer cuts it."""
    cut = pre_tokenizers.ByteLevel(add_prefix_space=False).pre_tokenize_str(text)
    return list(cut)


def convert(model: Any, tokenizer: Tokenizer, out: Path, size: dict[str, int]) -> None:
    """To CTranslate2 with 8-bit weights, and what its converter leaves out of such a model."""
    heads = [[size["layers"] - 1, h] for h in range(size["heads"])]
    languages = {f"<|{x}|>": tokenizer.token_to_id(f"<|{x}|>") for x in LANGUAGES}
    config = model.generation_config
    config.is_multilingual = True
    config.lang_to_id = languages
    config.alignment_heads = heads
    config.no_timestamps_token_id = tokenizer.token_to_id("<|notimestamps|>")
    config.task_to_id = {x: tokenizer.token_to_id(f"<|{x}|>") for x in ("transcribe", "translate")}
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "made")
        model.save_pretrained(folder)
        tokenizer.save(str(Path(folder, "tokenizer.json")))
        TransformersConverter(folder, copy_files=["tokenizer.json"]).convert(
            str(made), quantization="int8"
        )
        described = json.loads((made / "config.json").read_text())
        described |= {"lang_ids": sorted(languages.values()), "alignment_heads": heads}
        described |= {"suppress_ids": [], "suppress_ids_begin": []}
        (made / "config.json").write_text(json.dumps(described) + "\n")
        vocabulary = json.loads((made / "vocabulary.json").read_text())
        vocabulary[EMPTY] = ""
        (made / "vocabulary.json").write_text(json.dumps(vocabulary, ensure_ascii=False) + "\n")
        out.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            shutil.copyfile(made / name, out / name)


def main() -> None:
    """`micro.py OUT [micro|tiny]`."""
    out, kind = Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "micro"
    torch.manual_seed(0)
    tokenizer = make_tokenizer()
    convert(make_model(tokenizer, SIZES[kind]), tokenizer, out, SIZES[kind])
    for name in FILES:
        print(f"{name}: {(out / name).stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
