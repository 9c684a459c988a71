// The loop: which rows a step sees, when a run is measured, and how it ends.
import { describe, expect, test } from "vitest";
import { createTrainer, type Trainer } from "../../src/train/trainer.ts";
import { advance, type Files, jobOf, numbersOf, open, partsOf, placeIn, problemOf, trainerOf } from "./runs.ts";

function column(name: string, values: readonly number[]): string {
  return `${name}\n${values.join("\n")}\n`;
}

/** The loss of a step is the mean of its rows; w never changes. */
const rowsModel = (train: string, data = 'csv("d.csv")') => `data d = ${data}
input x : [n] = d.x
param w = 0
state total = 0
next total = total + sum(x)
state most = 0
next most = maximum(most, size(x, 0))
loss J = mean(x) + 0 * w
train { optimizer = sgd(rate: 0); ${train} }
`;

const files: Files = { "d.csv": column("x", [1, 10, 100, 1000, 10000]) };

/** The batch loss of each step. */
function losses(trainer: Trainer): number[] {
  const all: number[] = [];
  while (trainer.end === null) {
    trainer.advance();
    all.push(trainer.batchLoss);
  }
  return all;
}

function stateOf(trainer: Trainer, path: string): number | undefined {
  return trainer.states().get(path)?.data[0];
}

describe("batches", () => {
  test("without a shuffle rows come in their order, and the last short batch is kept", () => {
    const trainer = trainerOf(rowsModel("batch = 2; epochs = 2; shuffle = false"), files);
    expect([trainer.stepsPerEpoch, trainer.totalSteps]).toEqual([3, 6]);
    expect(losses(trainer)).toEqual([5.5, 550, 10000, 5.5, 550, 10000]);
    expect(stateOf(trainer, "total")).toBe(22222);
  });

  test("with a shuffle every epoch has all rows, in an order of its own that the seed decides", () => {
    const run = (seed: number) => losses(trainerOf(rowsModel(`batch = 1; epochs = 3; seed = ${seed}`), files));
    const epochs = [0, 5, 10].map((start) => run(1).slice(start, start + 5));
    for (const epoch of epochs) expect(epoch.toSorted((a, b) => a - b)).toEqual([1, 10, 100, 1000, 10000]);
    expect(new Set(epochs.map(String)).size).toBe(3);
    expect(run(1)).toEqual(run(1));
    expect(run(2)).not.toEqual(run(1));
  });

  test("a batch of more rows than there are is all of them", () => {
    const trainer = trainerOf(rowsModel("batch = 100; epochs = 2"), files);
    expect([trainer.stepsPerEpoch, trainer.totalSteps]).toEqual([1, 2]);
    expect(losses(trainer)).toEqual([2222.2, 2222.2]);
    expect(stateOf(trainer, "most")).toBe(5);
  });

  test("no batch is all rows, in their order", () => {
    expect(losses(trainerOf(rowsModel("steps = 3"), files))).toEqual([2222.2, 2222.2, 2222.2]);
  });

  test("a batch of one row", () => {
    expect(losses(trainerOf(rowsModel("batch = 1; steps = 2; shuffle = false"), files))).toEqual([1, 10]);
  });
});

describe("measuring", () => {
  const measured = (train: string) =>
    advance(trainerOf(rowsModel(train), files)).records.map(({ epoch, step, loss }) => [epoch, step, loss]);

  test("at the end of each epoch, over all rows", () => {
    expect(measured("batch = 2; epochs = 2")).toEqual([
      [1, 3, 2222.2],
      [2, 6, 2222.2],
    ]);
  });

  test("at the end of the run, also within an epoch", () => {
    expect(measured("batch = 2; steps = 4")).toEqual([
      [1, 3, 2222.2],
      [2, 4, 2222.2],
    ]);
    expect(measured("batch = 2; steps = 1")).toEqual([[1, 1, 2222.2]]);
  });

  test("a model without data has one step an epoch", () => {
    const trainer = advance(trainerOf("param w = 1\nloss J = w^2\nmetric m = 2 * w\ntrain { optimizer = sgd(rate: 0.5); epochs = 2 }\n"));
    expect(trainer.records).toEqual([
      { epoch: 1, step: 1, loss: 0, metrics: { m: 0 } },
      { epoch: 2, step: 2, loss: 0, metrics: { m: 0 } },
    ]);
  });
});

describe("split", () => {
  const parts = (share: number, count: number) => {
    const values = Array.from({ length: count }, (_, k) => 2 ** k);
    const model = open(rowsModel(`split = ${share}`), { "d.csv": column("x", values) });
    const { train, test: tested } = partsOf(model);
    const [{ node }] = model.program.inputs;
    const read = (part: typeof train | null) => Array.from(part?.inputs.get(node)?.data ?? []);
    return { values, train: read(train), test: read(tested) };
  };

  test.each([
    [0.5, 10, 5],
    [0.8, 10, 8],
    [0.001, 10, 1],
    [0.999, 10, 9],
    [0.1, 2, 1],
    [0.5, 1, 1],
  ])("%d of %i rows: %i train, in their order, the others test", (share, count, expected) => {
    const { values, train, test: tested } = parts(share, count);
    expect(train).toHaveLength(expected);
    expect([...train, ...tested].toSorted((a, b) => a - b)).toEqual(values);
    expect(train.toSorted((a, b) => a - b)).toEqual(train);
  });

  test("a test file is the test part, whatever the split says", () => {
    const own = { ...files, "t.csv": column("x", [7, 9]) };
    const trainer = advance(trainerOf(rowsModel("split = 0.5; epochs = 1", 'csv("d.csv", test: "t.csv")'), own));
    expect(trainer.records.map(({ loss, test: tested }) => [loss, tested?.loss])).toEqual([[2222.2, 8]]);
  });

  test("data without a test part beside data that has one is named", () => {
    const text = `data e = csv("d.csv")\n${rowsModel("epochs = 1", 'csv("d.csv", test: "t.csv")').replace("param w", "input y : [n] = e.x\nparam w")}`;
    const problem = problemOf(() => trainerOf(text, { ...files, "t.csv": column("x", [7, 9]) }));
    expect([problem.message, placeIn(text, problem)]).toEqual([
      'e has no test part, but other data has: give it test: "..."',
      'csv("d.csv")',
    ]);
  });
});

describe("stop", () => {
  /** The loss of the training part falls by 1 an epoch, that of the test part rises. */
  const text = (train: string, test = ', test: "t.csv"') => `data d = csv("d.csv"${test})
input x : [n] = d.x
param w = 0
state t = 0
next t = t + 1
loss J = mean(x) * t + 0 * w
train { optimizer = sgd(rate: 0); epochs = 20; ${train} }
`;
  const own = { "d.csv": column("x", [-1]), "t.csv": column("x", [1]) };
  const ends = (train: string, test?: string) => {
    const trainer = advance(trainerOf(text(train, test), own));
    return [trainer.records.length, trainer.end];
  };
  const stopped = (reason: string) => ({ kind: "stopped", reason });

  test("patience watches the test part where there is one", () => {
    expect(ends("stop = patience(3)")).toEqual([4, stopped("no improvement for 3 epochs")]);
  });

  test("patience watches the training part otherwise", () => {
    expect(ends("stop = patience(3)", "")).toEqual([20, { kind: "done" }]);
  });

  test("a new best must be better by more than delta", () => {
    expect(ends("stop = patience(3, delta: 0.9)", "")).toEqual([20, { kind: "done" }]);
    // Better by 1 an epoch than the epoch before, but by 2 only every second one.
    expect(ends("stop = patience(2, delta: 1.5)", "")).toEqual([20, { kind: "done" }]);
    expect(ends("stop = patience(1, delta: 1.5)", "")).toEqual([2, stopped("no improvement for 1 epochs")]);
    expect(ends("stop = patience(3, delta: 100)", "")).toEqual([4, stopped("no improvement for 3 epochs")]);
  });

  test("below watches the training part", () => {
    expect(ends("stop = below(-3)")).toEqual([3, stopped("the loss is at most -3")]);
    expect(ends("stop = below(-30)")).toEqual([20, { kind: "done" }]);
  });

  test("a stop in the last epoch is a stop", () => {
    expect(ends("stop = below(-20)")).toEqual([20, stopped("the loss is at most -20")]);
  });
});

describe("a model whose graph is another one in training", () => {
  const text = (more: string) => `data d = csv("d.csv")
input x : [n, 1] = reshape(d.x, [n, 1])
param first = 1
h = if training then dropout(x * first, 0.5) else x * first
param second = 2
input y : [n] = 2 * d.x
yhat = reshape(h * second, [n])
${more}
train { optimizer = sgd(rate: 1e-9); epochs = 3; batch = 2 }
`;

  test("trains: parameters and inputs behind the difference are the same", () => {
    const trainer = advance(trainerOf(text("loss J = mean((yhat - y)^2)"), files));
    expect(trainer.end).toEqual({ kind: "done" });
    expect(trainer.records).toHaveLength(3);
    const [first, second] = [...trainer.values().values()];
    expect([first.data, second.data]).toEqual([trainer.params().get("first")?.data, trainer.params().get("second")?.data]);
    expect(numbersOf(trainer, "second")[0]).not.toBe(2);
  });

  test("a parameter that only training has is trained; one that training lacks keeps its value", () => {
    const more = `fn scaled(x) {\n  param s : [3] = 1\n  return x * mean(s)\n}
fn shifted(x) {\n  param s : [2] = 5\n  return x + mean(s)\n}
extra = if training then scaled(first) else shifted(first)
loss J = mean((yhat - y)^2) + extra`;
    const job = jobOf(text(more), files);
    const trainer = advance(createTrainer(job));
    expect(trainer.end).toEqual({ kind: "done" });
    expect([...trainer.params().keys()].toSorted()).toEqual(["extra.scaled_1.s", "first", "second"]);
    expect(numbersOf(trainer, "extra.scaled_1.s")[0]).toBeLessThan(1);
    const values = new Map(job.evaluation.params.map(({ path, node }) => [path, Array.from(trainer.values().get(node)?.data ?? [])]));
    expect(values.get("extra.shifted_1.s")).toEqual([5, 5]);
    expect(values.get("second")).toEqual(numbersOf(trainer, "second"));
  });
});

describe("a run that fails", () => {
  test("keeps the last finite parameters", () => {
    const trainer = advance(trainerOf("param w = 2\nz = w - 1\nloss J = log(z)\ntrain { optimizer = sgd(rate: 0.6); steps = 50 }\n"));
    expect(trainer.end).toEqual({ kind: "failed", step: trainer.step + 1, reason: "a value is not finite", problem: null });
    expect(numbersOf(trainer, "w").every(Number.isFinite)).toBe(true);
  });

  test("because of an update that overflows", () => {
    const trainer = advance(trainerOf("param w = 1\nloss J = 1e308 * w\ntrain { optimizer = sgd(rate: 10); steps = 5 }\n"));
    expect(trainer.end).toMatchObject({ kind: "failed", step: 1 });
    expect(numbersOf(trainer, "w")).toEqual([1]);
  });

  test("because of a value that an operation cannot take: it names the place", () => {
    const text = `data d = csv("d.csv")
input i : int[n] = d.x
param w : [50] = 1
loss J = mean(w[i]^2)
train { optimizer = sgd(rate: 0.1); batch = 1; shuffle = false; epochs = 2 }
`;
    const trainer = advance(trainerOf(text, files));
    const { end } = trainer;
    expect(end).toMatchObject({ kind: "failed", step: 3, reason: "index 100 is outside 0 to 49" });
    expect(end?.kind === "failed" && end.problem && placeIn(text, end.problem)).toBe("w[i]");
    expect(trainer.step).toBe(2);
    expect(numbersOf(trainer, "w").filter((value) => value !== 1)).toHaveLength(2);
  });
});

describe("what cannot begin", () => {
  test("a step that needs too much memory", () => {
    const text = "param w : [40000] = 0.1\nloss J = sum(relu(outer(w, w)))\ntrain { epochs = 1 }\n";
    expect(problemOf(() => trainerOf(text)).message).toMatch(/^this needs \d+\.\d GiB of memory, more than the limit of 8 GiB/);
  });

  test("data of different lengths", () => {
    const text = `data e = csv("e.csv", missing: "drop")\n${rowsModel("epochs = 1", 'csv("d.csv", missing: "drop")').replace("param w", "input y : [n] = e.x\nparam w")}`;
    const own = { ...files, "e.csv": "x\n1\n2\n3\n4\nNA\n" };
    expect(problemOf(() => trainerOf(text, own)).message).toBe("e has 4 rows, but d has 5");
  });

  test("data without a row that has no missing cell", () => {
    const text = rowsModel("epochs = 1", 'csv("d.csv", missing: "drop")');
    expect(problemOf(() => trainerOf(text, { "d.csv": "x\nNA\n?\n" })).message).toBe(
      'd.csv: missing: "drop" leaves no row: each of the 2 has a missing value in a column that is used',
    );
  });

  test("columns of one array that have missing cells", () => {
    const text =
      'data d = json("d.json", missing: "drop")\ninput x : [n] = d\nparam w = 0\nloss J = mean((x - w)^2)\ntrain { epochs = 1 }\n';
    const trainer = advance(trainerOf(text, { "d.json": "[1, null, 3]" }));
    expect(trainer.records[0].loss).toBeCloseTo(5, 1);
  });
});
