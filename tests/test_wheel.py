"""An installed wheel works away from the checkout: rules, models and samples come with it."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_a_wheel_outside_the_checkout_analyses_a_call(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "site")
    sample = next((tmp_path / "site/coach/_data/samples/calls").glob("*.txt"))
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r}); "
        "import coach.pipeline, coach.imports, pathlib; "
        f"(call,) = coach.imports.read_calls(pathlib.Path({str(sample)!r})); "
        "print(coach.pipeline.__file__, coach.pipeline.Coach.load().analyse(call).score)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert done.stdout.startswith(str(tmp_path / "site"))
