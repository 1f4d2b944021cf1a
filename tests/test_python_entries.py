"""Which Python files are programs? A `__main__` block says so, and what the top level does."""

from __future__ import annotations

import pytest

from python_reading import read

MAIN = "def main(args=None):\n    pass\n"
OPTIONS = "parser = argparse.ArgumentParser()\nparser.add_argument('--lr')\nargs = parser.parse_args()\n"


@pytest.mark.parametrize(
    "code",
    [
        "if __name__ == '__main__':\n    x = 1",
        f"{MAIN}main()",
        f"{MAIN}result = main(2)",
        f"import sys\n{MAIN}sys.exit(main())",
        f"import torch.multiprocessing as mp\n{MAIN}if torch.cuda.is_available():\n    mp.spawn(main, nprocs=8)",
        "import asyncio\nasync def main():\n    pass\nasyncio.run(main())",
        "def train_model(cfg):\n    pass\nfor seed in range(3):\n    train_model(seed)",
        "import hydra\n@hydra.main(config_path='conf')\ndef my_app(cfg):\n    pass\nmy_app()",
        "import click\n@click.command()\ndef start():\n    pass\nstart()",
        "@ex.automain\ndef experiment(_run):\n    pass",
        "from absl import app\ndef work(_):\n    pass\napp.run(work)",
        "import tensorflow as tf\ntf.app.run()",
        "import fire\ndef work():\n    pass\nfire.Fire(work)",
        "import tyro\nargs = tyro.cli(Args)\n",
        f"import argparse\n{OPTIONS}for epoch in range(3):\n    pass",
        f"import argparse\n{OPTIONS}convert(args.lr)",
        "for batch in data:\n    loss = model(batch)\n    loss.backward()",
        "while True:\n    with amp():\n        scaler.scale(loss(model)).backward()",
        "try:\n    for b in data:\n        optimizer.step()\nexcept KeyboardInterrupt:\n    pass",
        "trainer = SFTTrainer(model)\ntrainer.train(resume_from_checkpoint=True)",
        "Trainer(max_epochs=1).fit(model)",
        "model.compile()\nhistory = model.fit(data)",
    ],
)
def test_a_program(code: str) -> None:
    assert read(code).entry


@pytest.mark.parametrize(
    "code",
    [
        "",
        MAIN,
        "x = 1\ndef train():\n    loss.backward()\n    optimizer.step()",
        "class Trainer:\n    def run(self):\n        self.trainer.fit()",
        "from lab import main\nREGISTRY = {'main': main}\nmain()",
        "def register():\n    pass\nregister()",
        "import logging\nlogging.basicConfig()\ntorch.manual_seed(1)\nmodel.train()\nstep()",
        "def train():\n    pass\nHANDLERS = [train]\nrun = lambda: train()",
        f"import argparse\n{OPTIONS}",
        f"import argparse\n{OPTIONS}args.cuda = not args.no_cuda\nif args.cuda:\n    device = 'cuda'\nprint(args)",
        f"import pytest\n{MAIN}main()",
        "from unittest import TestCase\nmodel.fit(data)",
        "def test_fit():\n    pass\nmodel.fit(data)",
        f"from setuptools import setup\n{OPTIONS}setup(name='lab')\nfor x in y:\n    main()",
        "if torch.cuda.is_available():\n    def main():\n        pass\n",
        "dataset.train(3)\nscheduler.step()\ntimer.step()",
    ],
)
def test_a_library_a_test_or_an_installer(code: str) -> None:
    assert not read(code).entry
