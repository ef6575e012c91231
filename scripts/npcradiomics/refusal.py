"""A refusal has four parts: patient (said by the job), file, what is wrong with it in numbers, and what a person can do."""


class Refusal(ValueError):
    """A file or table that is not taken.

    Parameters
    ----------
    wrong : str
        The file, and what is wrong with it, with numbers.
    todo : str
        What a person can do about it.
    """

    def __init__(self, wrong: str, todo: str):
        super().__init__(f"{wrong}; {todo}")
        self.wrong, self.todo = wrong, todo

    def within(self, where: str) -> "Refusal":
        """The same refusal with the column or place in front."""
        return Refusal(f"{where}: {self.wrong}", self.todo)
