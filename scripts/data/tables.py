"""Derives the tables of examples/ from their published copies: python3 scripts/data/tables.py SKLEARN PENGUINS.

SKLEARN is the folder sklearn/datasets/data of scikit-learn 1.2 (Debian: python3-sklearn), PENGUINS the file data/penguins.json of
the npm package vega-datasets 3.2.1. Only headers and labels are written
anew and gaps left empty; every number stays as it is published.
"""

import csv
import gzip
import json
import sys
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
MEASURES = ["radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave_points", "symmetry", "fractal_dimension"]
PENGUIN_COLUMNS = {
    "Species": "species",
    "Island": "island",
    "Beak Length (mm)": "bill_length",
    "Beak Depth (mm)": "bill_depth",
    "Flipper Length (mm)": "flipper",
    "Body Mass (g)": "mass",
    "Sex": "sex",
}


def write(name, header, rows):
    with open(EXAMPLES / name, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    print(f"{name}: {len(rows)} rows, {(EXAMPLES / name).stat().st_size} bytes")


def labelled(path):
    """The rows of a scikit-learn table; its first line counts rows and columns and names the classes of the last column."""
    with open(path) as file:
        (_, _, *classes), *rows = csv.reader(file)
    return [[*row[:-1], classes[int(row[-1])]] for row in rows]


def diabetes(folder):
    with gzip.open(folder / "diabetes_data_raw.csv.gz", "rt") as data, gzip.open(folder / "diabetes_target.csv.gz", "rt") as target:
        rows = [[*line.split(), f"{float(value):g}"] for line, value in zip(data, target, strict=True)]
    write("diabetes.csv", ["age", "sex", "bmi", "bp", "tc", "ldl", "hdl", "tch", "ltg", "glu", "progression"], rows)


def breast_cancer(folder):
    header = [f"{kind}_{measure}" for kind in ("mean", "error", "worst") for measure in MEASURES]
    write("breast-cancer.csv", [*header, "diagnosis"], labelled(folder / "breast_cancer.csv"))


def iris(folder):
    write("iris.csv", ["sepal length", "sepal width", "petal length", "petal width", "species"], labelled(folder / "iris.csv"))


def penguin_cell(value):
    """An empty cell for what was not observed ("." in one row); the sexes in small letters."""
    if value is None or value == ".":
        return ""
    return value.lower() if value in ("MALE", "FEMALE") else value


def penguins(path):
    with open(path) as file:
        records = json.load(file)
    rows = [[penguin_cell(record[key]) for key in PENGUIN_COLUMNS] for record in records]
    write("penguins.csv", list(PENGUIN_COLUMNS.values()), rows)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sklearn = Path(sys.argv[1])
    diabetes(sklearn)
    breast_cancer(sklearn)
    iris(sklearn)
    penguins(Path(sys.argv[2]))
