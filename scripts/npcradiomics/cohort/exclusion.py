"""A subset of the patients by an expression on clinical columns, without editing the patients table."""

import ast

import pandas as pd

from npcradiomics.cohort.clinical_values import fold, settle
from npcradiomics.input_tables import read_cells

# A comparison of columns with constants, combined; no calls, attributes, subscripts or Python
# variables.
_ALLOWED = (
    *(ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.Compare),
    *(ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn),
    *(
        ast.BinOp,
        ast.Add,
        ast.Sub,
        ast.Mult,
        ast.Div,
        ast.Name,
        ast.Load,
        ast.Constant,
        ast.List,
        ast.Tuple,
    ),
)


def read_clinical(path, clinical_columns):
    """The column patient and the clinical columns of a patients table, as configuration.read_patients reads them.

    A column in which every filled cell is a number becomes numeric, others stay text; empty cells
    are missing. Parameters: path; clinical_columns, names. Errors: ValueError naming columns that
    are absent, and as settle.
    """
    cells = read_cells(path)
    absent = [name for name in ("patient", *clinical_columns) if name not in cells.header]
    if absent:
        raise ValueError(
            f"{path}: no column {', '.join(absent)}; there are {', '.join(cells.header)}"
        )
    rows = [
        {name: c for name, c in zip(cells.header, line, strict=True) if c} for _, line in cells.rows
    ]
    settle(rows, clinical_columns)
    table = pd.DataFrame(rows, columns=cells.header)[["patient", *clinical_columns]]
    for name in clinical_columns:
        filled = table[name]
        numbers = pd.to_numeric(filled, errors="coerce")
        table[name] = numbers if numbers.notna().equals(filled.notna()) else filled
    return table


def select_patients(table, exclude_expression):
    """Split a patients table by an expression that is true for the patients to leave out.

    Parameters: table, DataFrame with a column patient; exclude_expression, such as "stage == 'T3'
    or age > 70" or "centre in ['A', 'B']", "" excludes nobody. Returns (kept, excluded): kept, the
    remaining rows as they were; excluded, DataFrame patient, rule, reason. Errors: ValueError for
    unknown columns, anything but comparisons of columns and constants, text compared with a numeric
    column (true for nobody), patients without a value in a column used, nobody left.
    """
    if not exclude_expression.strip():
        return table, _excluded([], [])
    tree = _parse(exclude_expression)
    columns = list(dict.fromkeys(node.id for node in ast.walk(tree) if isinstance(node, ast.Name)))
    unknown = [name for name in columns if name not in table.columns]
    if unknown or not columns:
        named = f"unknown column {', '.join(unknown)}" if unknown else "names no column"
        raise ValueError(
            f"exclude: {exclude_expression!r}: {named}; there are {', '.join(map(str, table.columns))}"
        )
    for name in columns:
        empty = table["patient"][table[name].isna()]
        if len(empty):
            raise ValueError(
                f"exclude: {exclude_expression!r}: {len(empty)} patients have no {name} "
                f"({', '.join(map(str, empty[:8]))}), so it cannot be decided for them"
            )
    _check_types(tree, table, exclude_expression)
    try:
        excluded = table.eval(
            _as_spelt(tree, table[columns]), engine="python", local_dict={}, global_dict={}
        )
    except (TypeError, ValueError, NotImplementedError, SyntaxError) as error:
        raise ValueError(f"exclude: {exclude_expression!r}: {error}") from error
    if not isinstance(excluded, pd.Series) or not pd.api.types.is_bool_dtype(excluded):
        raise ValueError(f"exclude: {exclude_expression!r} is not true or false for each patient")
    if excluded.all():
        raise ValueError(f"exclude: {exclude_expression!r} excludes all {len(table)} patients")
    values = table.loc[excluded, columns].astype(str).to_dict("records")
    reasons = [
        f"exclude: {exclude_expression.strip()} ({', '.join(f'{k} = {v}' for k, v in row.items())})"
        for row in values
    ]
    return table[~excluded], _excluded(list(table["patient"][excluded]), reasons)


def _excluded(patients, reasons):
    return pd.DataFrame({"patient": patients, "rule": "exclude", "reason": reasons}, dtype=str)


def _parse(expression):
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except SyntaxError as error:
        raise ValueError(f"exclude: {expression!r} cannot be read: {error.msg}") from error
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            what = type(node).__name__
            raise ValueError(
                f"exclude: {expression!r}: only comparisons of columns and values, no {what}"
            )
    return tree


def _as_spelt(tree, table):
    """The expression with its words spelt as the columns spell them: 'male' is true for Male."""
    words = {value for name in table for value in table[name].unique() if isinstance(value, str)}
    spelt = {fold(word): word for word in sorted(words)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node.value not in words
        ):
            node.value = spelt.get(fold(node.value), node.value)
    return ast.unparse(tree)


def _check_types(tree, table, expression):
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare):
            continue
        sides = [node.left, *node.comparators]
        names = [side.id for side in sides if isinstance(side, ast.Name)]
        # ast.walk enters lists, so constants of ['T3', 'T4'] are met as well.
        values = [
            leaf.value
            for side in sides
            for leaf in ast.walk(side)
            if isinstance(leaf, ast.Constant)
        ]
        for name in names:
            numeric = pd.api.types.is_numeric_dtype(table[name])
            wrong = [value for value in values if isinstance(value, str) == numeric]
            if wrong:
                kind = "numbers" if numeric else "text"
                raise ValueError(
                    f"exclude: {expression!r}: column {name} holds {kind}, {wrong[0]!r} does not"
                )
