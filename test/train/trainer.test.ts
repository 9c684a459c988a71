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
  const kept = (epoch: number) => `; the parameters of epoch ${epoch}, the best, are kept`;

  test("patience watches the test part where there is one", () => {
    expect(ends("stop = patience(3)")).toEqual([4, stopped(`no improvement for 3 epochs${kept(1)}`)]);
  });

  test("patience watches the training part otherwise", () => {
    expect(ends("stop = patience(3)", "")).toEqual([20, { kind: "done" }]);
  });

  test("a new best must be better by more than delta", () => {
    expect(ends("stop = patience(3, delta: 0.9)", "")).toEqual([20, { kind: "done" }]);
    // Better by 1 an epoch than the epoch before, but by 2 only every second one.
    expect(ends("stop = patience(2, delta: 1.5)", "")).toEqual([20, { kind: "done" }]);
    expect(ends("stop = patience(1, delta: 1.5)", "")).toEqual([2, stopped("no improvement for 1 epoch")]);
    expect(ends("stop = patience(3, delta: 100)", "")).toEqual([4, stopped("no improvement for 3 epochs")]);
  });

  /** The loss of epoch t is (t - 2)^2: lowest at epoch 2. `seen` counts epochs. */
  const bowl = (train: string) => `param w = 0
state seen = 0
next seen = seen + 1
loss J = w + (seen - 2)^2
train { optimizer = sgd(rate: 1e-6); ${train} }
`;

  test("with patience a run ends with the parameters and states of its best epoch", () => {
    const trainer = trainerOf(bowl("epochs = 9; stop = patience(4)"));
    const values = [];
    while (trainer.end === null) {
      trainer.advance();
      if (trainer.step === 2) values.push(numbersOf(trainer, "w"), stateOf(trainer, "seen"), trainer.kept);
    }
    expect(trainer.end).toEqual(stopped(`no improvement for 4 epochs${kept(2)}`));
    expect([trainer.step, trainer.records.length]).toEqual([6, 6]);
    expect([numbersOf(trainer, "w"), stateOf(trainer, "seen"), trainer.kept]).toEqual(values);
    expect(trainer.kept).toBe(trainer.records[1]);
    expect([...trainer.values().values()].map(({ data }) => data[0])).toEqual([numbersOf(trainer, "w")[0], 2]);
  });

  test("also when it runs to its last epoch, and where delta is larger than the last improvement", () => {
    for (const train of ["epochs = 4; stop = patience(9)", "epochs = 4; stop = patience(9, delta: 5)"]) {
      const trainer = advance(trainerOf(bowl(train)));
      expect([trainer.end, trainer.kept?.epoch, stateOf(trainer, "seen")]).toEqual([{ kind: "done" }, 2, 2]);
    }
  });

  test("a loss that is no number is never the best, also that of the first epoch", () => {
    const own = { "d.csv": column("x", [1]), "t.csv": column("x", [-1]) };
    const odd = text("stop = patience(9)").replace("mean(x) * t", "(t - 3)^2 + log(if t < 2 then mean(x) else 1)");
    const trainer = advance(trainerOf(odd, own));
    expect([trainer.records[0].test?.loss, trainer.kept?.epoch]).toEqual([Number.NaN, 3]);
  });

  test("without patience it ends with those of the last step", () => {
    for (const train of ["epochs = 4", "epochs = 4; stop = below(-1)"]) {
      const trainer = advance(trainerOf(bowl(train)));
      expect([trainer.end, trainer.kept?.epoch, stateOf(trainer, "seen")]).toEqual([{ kind: "done" }, 4, 4]);
    }
  });

  test("a run that fails keeps the parameters before the step that failed, its best epoch or not", () => {
    const trainer = advance(
      trainerOf(bowl("epochs = 9; stop = patience(8)").replace("w + (seen - 2)^2", "w + (seen - 2)^2 + 0 / (5 - seen)")),
    );
    expect([trainer.end?.kind, trainer.step, stateOf(trainer, "seen"), trainer.kept?.epoch]).toEqual(["failed", 4, 4, 4]);
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
  test("keeps the last parameters that give a finite loss, and names what the step led to", () => {
    const text = "param w = 2\nz = w - 1\nloss J = log(z)\ntrain { optimizer = sgd(rate: 0.6); steps = 50 }\n";
    const trainer = advance(trainerOf(text));
    expect(trainer.end).toMatchObject({ kind: "failed", step: 2, reason: "the loss is not finite" });
    const problem = trainer.end?.kind === "failed" ? trainer.end.problem : null;
    expect([problem?.code, problem?.message, problem && placeIn(text, problem)]).toEqual(["not-finite", "J became NaN", "log(z)"]);
    expect([trainer.step, trainer.records.length, numbersOf(trainer, "w")]).toEqual([1, 1, [1.4]]);
  });

  test("at the first step, where the loss behind it overflows", () => {
    const text = "param w = 1\ns = w^2\nloss J = 2 * exp(s)\ntrain { optimizer = sgd(rate: 1e3); epochs = 3 }\n";
    const trainer = trainerOf(text);
    expect(trainer.advance()).toBe(null);
    expect(trainer.end).toMatchObject({ kind: "failed", step: 1 });
    const problem = trainer.end?.kind === "failed" ? trainer.end.problem : null;
    expect([problem?.message, problem && placeIn(text, problem)]).toEqual(["exp became Infinity", "exp(s)"]);
    expect([trainer.step, trainer.records, numbersOf(trainer, "w")]).toEqual([0, [], [1]]);
  });

  test("because of a row that no batch showed it before the end of the epoch", () => {
    const text = `data d = csv("d.csv")
input x : [n] = d.x
param w = 0
loss J = if training then (w - 1)^2 else mean(log(x)) + w
train { optimizer = sgd(rate: 0.1); batch = 2; epochs = 3 }
`;
    const trainer = advance(trainerOf(text, { "d.csv": column("x", [1, 2, 3, -1]) }));
    const problem = trainer.end?.kind === "failed" ? trainer.end.problem : null;
    expect([problem?.message, problem && placeIn(text, problem)]).toEqual(["log became NaN", "log(x)"]);
    expect([trainer.step, numbersOf(trainer, "w")]).toEqual([1, [0.2]]);
  });

  test("a metric, or the loss of the test part, may be what it is", () => {
    const text = `data d = csv("d.csv", test: "t.csv")
input x : [n] = d.x
param w = 1
loss J = mean(log(x)) + w^2
metric m = 1 / (w - w)
train { epochs = 2 }
`;
    const trainer = advance(trainerOf(text, { "d.csv": column("x", [1, 2]), "t.csv": column("x", [-1, 2]) }));
    expect([trainer.end, trainer.records.length, trainer.records[0].test?.loss]).toEqual([{ kind: "done" }, 2, Number.NaN]);
  });

  test("within an epoch, at the step whose batch is not finite", () => {
    const text = rowsModel("batch = 1; epochs = 2; shuffle = false").replace("mean(x) + 0 * w", "mean(log(x)) + 0 * w");
    const trainer = advance(trainerOf(text, { "d.csv": column("x", [1, 2, -3, 4]) }));
    expect(trainer.end).toEqual({ kind: "failed", step: 3, reason: "a value is not finite", problem: null });
    expect(trainer.step).toBe(2);
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
