"""A second table beside the first: its columns would be taken for further ones of the records."""

# A column of a table has its name and so many values at least.
_HEADED = 2


class ColumnsSeen:
    """Finds a second table beside the first: behind an empty column, and of another length.

    Parameters
    ----------
    width : int
        How many columns there are.
    """

    def __init__(self, width: int) -> None:
        self._first = [-1] * width
        self._last = [-1] * width
        self._filled = [0] * width
        self._names: list[object] = [""] * width

    def add(self, column: int, row: int, value: object) -> None:
        """Look at the next value of a column.

        Parameters
        ----------
        column, row : int
            Its place.
        value : object
            The value, which is not empty.
        """
        self.add_run(column, (row, row), 1, value)

    def add_run(self, column: int, rows: tuple[int, int], filled: int, value: object) -> None:
        """Look at the next values of a column at once.

        Parameters
        ----------
        column : int
            Its place.
        rows : tuple of (int, int)
            The first and the last row that has one.
        filled : int
            How many have one.
        value : object
            The first of them.
        """
        if not self._filled[column]:
            self._first[column], self._names[column] = rows[0], value
        self._last[column] = rows[1]
        self._filled[column] += filled

    def find_table_beside(self) -> list[str]:
        """Find a second table.

        Returns
        -------
        list of str
            Its first row; nothing where there is none.
        """
        blocks: list[list[int]] = [[]]
        for column, filled in enumerate(self._filled):
            if filled:
                blocks[-1].append(column)
            elif blocks[-1]:
                blocks.append([])
        tables = [block for block in blocks if self._is_table(block)]
        ends = {max(self._last[column] for column in block) for block in tables}
        return [str(self._names[column]) for column in tables[1]] if len(ends) > 1 else []

    def _is_table(self, block: list[int]) -> bool:
        """Tell whether columns have a header of texts, and one that is filled in each row."""
        whole = [
            column
            for column in block
            if self._filled[column] == self._last[column] - self._first[column] + 1 > _HEADED
        ]
        # a title may stand above the header
        firsts = [self._first[column] for column in block]
        top = max(firsts, key=firsts.count, default=0)
        headed = [column for column in block if self._first[column] == top]
        named = all(isinstance(self._names[column], str) for column in headed)
        return len(headed) > 1 and named and bool(whole)
