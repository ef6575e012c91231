"""Compressed pixels by GDCM, in a process of its own: a damaged JPEG has ended the interpreter and eaten 1.7 GB before.

The process is started at the first compressed file and lives as long as its parent; it imports
nothing of this package.
"""

import contextlib
import select
import subprocess
import sys

TIMEOUT_S = 120
MAX_MEMORY_BYTES = 2_000_000_000


class Decoder:
    """Decodes one file after another; a crash, a hang or an error costs that file only."""

    def __init__(self):
        self._process = None

    def decode(self, source, target):
        """Read a DICOM file with GDCM and save its array as .npy.

        Returns what went wrong in a word, "" if nothing did.
        """
        if self._process is None:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-I",
                    __file__,
                ],  # -I: this folder's module names stay out of the child's imports
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                bufsize=1,
            )
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(f"{source}\t{target}\n")
        answered, _, _ = select.select([self._process.stdout], [], [], TIMEOUT_S)
        answer = self._process.stdout.readline().strip() if answered else "no answer"
        if not answer.startswith("done"):
            self._process.kill()
            self._process.wait()
            self._process = None
            return f"no answer in {TIMEOUT_S} s" if answer else "the decoder crashed"
        return answer.removeprefix("done").strip()


def main():
    """The child: a line in, a line out."""
    import os
    import resource

    import numpy
    import SimpleITK

    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the codecs print
    for line in sys.stdin:
        source, target = line.rstrip("\n").split("\t")
        try:
            image = SimpleITK.ReadImage(source, imageIO="GDCMImageIO")
            numpy.save(target, SimpleITK.GetArrayViewFromImage(image))
            print("done", file=answers)
        except (RuntimeError, MemoryError, ValueError) as error:
            print(f"done {type(error).__name__}", file=answers)


if __name__ == "__main__":
    main()
