"""Write encoder.npz from the checkpoint in the Resemblyzer wheel: the encoder's arrays in 16 bits, nothing else.

pip download --no-deps resemblyzer==0.1.4
pip install torch
python models/voices/make_encoder.py Resemblyzer-0.1.4-py3-none-any.whl models/voices/encoder.npz
"""

import sys
import zipfile
from io import BytesIO
from pathlib import Path

import numpy
import torch


def main(wheel: Path, target: Path) -> None:
    """Read the wheel, write the arrays."""
    with zipfile.ZipFile(wheel) as archive:
        stored = BytesIO(archive.read("resemblyzer/pretrained.pt"))
    state = torch.load(stored, map_location="cpu", weights_only=True)["model_state"]
    arrays = {"out": state["linear.weight"], "out_bias": state["linear.bias"]}
    for layer in range(3):
        arrays[f"input_{layer}"] = state[f"lstm.weight_ih_l{layer}"]
        arrays[f"hidden_{layer}"] = state[f"lstm.weight_hh_l{layer}"]
        arrays[f"bias_{layer}"] = state[f"lstm.bias_ih_l{layer}"] + state[f"lstm.bias_hh_l{layer}"]
    numpy.savez_compressed(target, **{name: array.numpy().astype(numpy.float16) for name, array in arrays.items()})


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
