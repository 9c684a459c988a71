// A run that is stopped after any step and taken up again from its checkpoint ends with the bits of one that was never stopped.
import { describe, expect, test } from "vitest";
import { changedSettings } from "../../src/train/changed-settings.ts";
import { readCheckpoint, writeCheckpoint } from "../../src/train/checkpoint.ts";
import { optimizerChoices } from "../../src/train/optimizers.ts";
import { createTrainer, type Trainer } from "../../src/train/trainer.ts";
import { advance, type Files, jobOf, problemOf, trainerOf } from "./runs.ts";

const rows = Array.from({ length: 13 }, (_, k) => `${k === 4 ? "" : k / 10},${(3 * k) / 10 - 1 + (k % 3) / 10},${k % 2 ? "a" : "b"}`);
const files: Files = { "d.csv": `x,y,kind\n${rows.join("\n")}\n` };

/** Random numbers in the step, states, a filled cell, a split, and batches of 4, 4 and 2 rows. */
const model = (optimizer: string, more: string, precision: string) => `data d = csv("d.csv", missing: "mean")
precision ${precision}
input x : [n, 1] = reshape(standardize(d.x), [n, 1])
input y : [n] = d.y
input kind : int[n] = category(d.kind)
param offset : [2] = normal()
state seen = 0
next seen = seen + size(x, 0)
h = x |> linear(3) |> batch_norm |> tanh |> dropout(0.3)
noise = if training then 0.01 * normal([n]) else zeros([n])
yhat = reshape(linear(h, 1), [n]) + offset[kind] + noise
loss J = mean((yhat - y)^2)
metric error = max(abs(yhat - y))
train { optimizer = ${optimizer}; epochs = 3; batch = 4; split = 0.77; seed = 3; schedule = cosine(warmup: 2); stop = patience(5); ${more} }
`;

const optimizers: readonly (readonly [optimizer: string, more: string, precision: string])[] = [
  ["sgd(rate: 0.05)", "clip = 5", "f64"],
  ["sgd(rate: 0.02, momentum: 0.9)", "clip = 5", "f64"],
  ["sgd(rate: 0.02, momentum: 0.9, nesterov: true)", "clip = 1", "f64"],
  ["adagrad(rate: 0.3)", "", "f64"],
  ["rmsprop(rate: 0.02)", "", "f64"],
  ["adam(rate: 0.05)", "", "f64"],
  ["adam(rate: 0.05)", "shuffle = false", "f32"],
  ["adamw(rate: 0.05)", "clip = value(1)", "f64"],
  ["lbfgs(history: 4)", "", "f64"],
  ["lbfgs(history: 4)", "", "f32"],
];

/** All that a run leaves behind. */
function outcome(trainer: Trainer) {
  const dump = (values: ReadonlyMap<string, { readonly data: ArrayLike<number> }>) =>
    [...values].map(([path, { data }]) => [path, ...Array.from(data)]);
  return { params: dump(trainer.params()), states: dump(trainer.states()), records: trainer.records, end: trainer.end, step: trainer.step };
}

/** A trainer of the same run, taken up from the text of a checkpoint. */
function resumed(text: string, from: Trainer, own = files): Trainer {
  const checkpoint = readCheckpoint(writeCheckpoint(from.checkpoint()));
  const trainer = createTrainer(jobOf(text, own, { fitted: checkpoint.fitted }));
  trainer.restore(checkpoint);
  return trainer;
}

test("every optimizer is here", () => {
  expect(new Set(optimizers.map(([optimizer]) => optimizer.replace(/\(.*/, "")))).toEqual(
    new Set(optimizerChoices.map(({ name }) => name)),
  );
});

describe.each(optimizers)("%s %s %s", (optimizer, more, precision) => {
  const text = model(optimizer, more, precision);

  test("ends with the same bits, wherever it was stopped", () => {
    const whole = advance(trainerOf(text, files));
    expect(whole.end).toEqual({ kind: "done" });
    expect(whole.step).toBe(9);
    expect(whole.states().get("seen")?.data[0]).toBe(10 * (whole.kept?.epoch ?? 0));
    const expected = outcome(whole);
    const stopped = trainerOf(text, files);
    for (let step = 0; step <= whole.step; step++) {
      expect(outcome(advance(resumed(text, stopped)))).toEqual(expected);
      if (stopped.end === null) stopped.advance();
    }
  });
});

test("a run that stopped early is over when it is taken up again", () => {
  const texts = [
    "param w = 1\nloss J = w^2\ntrain { optimizer = sgd(rate: 0); epochs = 20; stop = patience(3) }\n",
    "param w = 1\nloss J = w^2\ntrain { optimizer = sgd(rate: 0.1); epochs = 20; stop = below(0.5) }\n",
    "param w = 0\nloss J = w^2\ntrain { optimizer = lbfgs; epochs = 20 }\n",
  ];
  for (const text of texts) {
    const whole = advance(trainerOf(text));
    expect(whole.end?.kind).toBe("stopped");
    const again = resumed(text, whole);
    expect(again.end).toEqual(whole.end);
    expect(outcome(again)).toEqual(outcome(whole));
  }
});

test("a run with patience ends with the same best parameters, wherever it was stopped", () => {
  for (const precision of ["f64", "f32"]) {
    const text = model("sgd(rate: 1)", "clip = 5", precision).replace("patience(5)", "patience(2)").replace("epochs = 3", "epochs = 9");
    const whole = advance(trainerOf(text, files));
    const [last, kept] = [whole.records.at(-1), whole.kept];
    expect(kept?.epoch).toBeLessThan(last?.epoch ?? 0);
    const expected = outcome(whole);
    const stopped = trainerOf(text, files);
    for (let step = 0; step <= whole.step; step++) {
      const again = advance(resumed(text, stopped));
      expect([outcome(again), again.kept]).toEqual([expected, kept]);
      if (stopped.end === null) stopped.advance();
    }
  }
});

test("a run with patience that is over goes on from its last step when it gets more epochs", () => {
  const text = (epochs: number) =>
    model("sgd(rate: 1)", "clip = 5", "f64").replace("epochs = 3", `epochs = ${epochs}`).replace("cosine(warmup: 2)", "constant");
  const short = advance(trainerOf(text(3), files));
  expect(short.kept?.epoch).toBeLessThan(3);
  expect(outcome(advance(resumed(text(7), short)))).toEqual(outcome(advance(trainerOf(text(7), files))));
});

test("a run that gets patience on the way keeps the best of what follows; one that loses it keeps the last", () => {
  const text = (stop: string) => `param w = 0
state seen = 0
next seen = seen + 1
loss J = w + (seen - 2)^2
train { optimizer = sgd(rate: 1e-6); epochs = 6; ${stop} }
`;
  const taken = (from: string, steps: number, to: string) => {
    const trainer = advance(resumed(text(to), advance(trainerOf(text(from)), steps)));
    return [trainer.end?.kind, trainer.kept?.epoch, trainer.states().get("seen")?.data[0]];
  };
  expect(taken("", 3, "stop = patience(9)")).toEqual(["done", 4, 4]);
  expect(taken("stop = patience(9)", 3, "")).toEqual(["done", 6, 6]);
  expect(taken("stop = patience(9)", 3, "stop = patience(9)")).toEqual(["done", 2, 2]);
});

test("what is set otherwise than when the run began is named", () => {
  const head = "param w = 1\nloss J = w^2\n";
  const checkpointOf = (train: string) =>
    readCheckpoint(writeCheckpoint(advance(trainerOf(`${head}train { ${train} }\n`), 1).checkpoint()));
  const changes = (before: string, now: string) => {
    const { settings } = jobOf(`${head}train { ${now} }\n`);
    return changedSettings(checkpointOf(before), settings).map(({ name, before: then, now: today }) => `${name}: ${then} -> ${today}`);
  };
  const all = "optimizer = sgd(0.1, momentum: 0.9); schedule = cosine(warmup: 2); epochs = 5; clip = 1; stop = patience(3)";
  expect(changes(all, all)).toEqual([]);
  expect(changes("", "")).toEqual([]);
  expect(changes(all, all.replace("0.1", "1 / 32").replace("warmup: 2", "warmup: 3"))).toEqual([
    "optimizer rate: 0.1 -> 0.03125",
    "schedule warmup: 2 -> 3",
  ]);
  expect(changes(all, all.replace("cosine(warmup: 2)", "step(every: 2)").replace("patience(3)", "below(0.5)"))).toEqual([
    "schedule: cosine -> step",
    "stop: patience(3, delta: 0) -> below(0.5)",
  ]);
  expect(changes("", "steps = 7; clip = value(2); shuffle = false")).toEqual([
    "epochs: 100 -> as many as the steps have",
    "steps: as many as the epochs have -> 7",
    "shuffle: true -> false",
    "clip: none -> value(2)",
  ]);
  const older = { ...checkpointOf(""), settings: new Map([...checkpointOf("").settings, ["warp", "9"]]) };
  expect(changedSettings(older, jobOf(`${head}train {}\n`).settings)).toEqual([{ name: "warp", before: "9", now: "not set" }]);
});

test("a finished run goes on when it gets more epochs", () => {
  const text = (epochs: number) => `param w = 1\nloss J = w^2\ntrain { optimizer = sgd(rate: 0.1); epochs = ${epochs} }\n`;
  const short = advance(trainerOf(text(2)));
  expect(short.end).toEqual({ kind: "done" });
  expect(outcome(advance(resumed(text(5), short)))).toEqual(outcome(advance(trainerOf(text(5)))));
});

test("a run goes on with what was fitted when it began, whatever the file says now", () => {
  const text = model("adam(rate: 0.05)", "", "f64");
  const whole = advance(trainerOf(text, files));
  const stopped = advance(trainerOf(text, files), 4);
  // Another value in a row of the training part, another mean and deviation.
  const changed = { "d.csv": (files["d.csv"] as string).replace("\n1.2,", "\n90,").replace("\n0,", "\n70,") };
  const checkpoint = readCheckpoint(writeCheckpoint(stopped.checkpoint()));
  expect([...checkpoint.fitted.keys()]).toEqual(["d.x", "d.y", "kind.category_1", "x.standardize_1"]);
  expect(problemOf(() => createTrainer(jobOf(text, changed)).restore(checkpoint)).message).toMatch(
    /^the checkpoint was made with the mean of d\.x 0\.\d+, but the model now has \d/,
  );
  const job = jobOf(text, changed, { fitted: checkpoint.fitted });
  expect(job.parts.feeds.fitted).toEqual(checkpoint.fitted);
  createTrainer(job).restore(checkpoint);
  expect(whole.end).toEqual({ kind: "done" });
});

describe("a checkpoint of another run", () => {
  const text = 'data d = csv("d.csv")\ninput x : [n] = d.x\nparam w = 1\nloss J = mean((w - x)^2)\ntrain { batch = 2; epochs = 2 }\n';
  const own = { "d.csv": "x\n1\n2\n3\n" };
  const checkpoint = advance(trainerOf(text, own), 1).checkpoint();
  const differences: readonly { readonly message: string; readonly other: string; readonly files?: Files }[] = [
    { message: "optimizer adam, but the model now has sgd", other: text.replace("batch", "optimizer = sgd; batch") },
    { message: "seed 0, but the model now has 4", other: text.replace("batch", "seed = 4; batch") },
    { message: "precision f64, but the model now has f32", other: `precision f32\n${text}` },
    { message: "training rows: 3, but the model now has 2", other: text, files: { "d.csv": "x\n1\n2\n" } },
    { message: "batch: 2, but the model now has all rows", other: text.replace("batch = 2;", "") },
    { message: "parameter w, but the model now has v", other: text.replace("mean((w", "mean((v").replace("param w", "param v") },
    { message: "shape of w , but the model now has 2", other: text.replace("param w", "param w : [2]").replace("(w - x)", "(sum(w) - x)") },
    { message: "number of states 0, but the model now has 1", other: `${text}state s = 0\nnext s = s + 1\n` },
    { message: "fitted nothing, but the model now has x.standardize_1", other: text.replace("d.x", "standardize(d.x)") },
  ];

  test.each(differences)("$message", ({ message, other, files: others }) => {
    const trainer = trainerOf(other, others ?? own);
    const { code, message: said } = problemOf(() => trainer.restore(checkpoint));
    expect([code, said]).toEqual(["checkpoint-differs", `the checkpoint was made with ${message}`]);
    expect(trainer.step).toBe(0);
  });
});

describe("a broken checkpoint", () => {
  const text = writeCheckpoint(advance(trainerOf(model("adam", "", "f64"), files), 4).checkpoint());
  const without = (key: string) => JSON.stringify({ ...JSON.parse(text), [key]: undefined });
  const withValue = (key: string, value: unknown) => JSON.stringify({ ...JSON.parse(text), [key]: value });
  const keys = Object.keys(JSON.parse(text));

  test.each(keys)("without %s", (key) => {
    expect(problemOf(() => readCheckpoint(without(key))).code).toBe("bad-checkpoint");
  });

  test.each([
    [text.slice(0, -20), "it is not JSON"],
    ["[]", 'it has no format "wengert-checkpoint"'],
    [withValue("version", 9), "its version is 9; this program reads 2"],
    [withValue("step", -1), "step is not a whole number"],
    [withValue("step", 1.5), "step is not a whole number"],
    [withValue("best", "much"), "best holds something that is not a number"],
    [withValue("records", [{ epoch: 1, step: 3, loss: 1 }]), "metrics is missing"],
    [withValue("records", [{ epoch: 1, step: 3, loss: 1, metrics: { a: null } }]), "a holds something that is not a number"],
    [withValue("params", [{ shape: [], data: [] }]), "a tensor has no name"],
    [withValue("params", [{ name: "w", shape: [], data: ["x"] }]), "w holds something that is not a number"],
    [withValue("settings", { "optimizer rate": 3 }), "optimizer rate is not a text"],
    [withValue("kept", { epoch: 1, loss: "x", params: [], states: [] }), "loss holds something that is not a number"],
    [withValue("kept", { epoch: 1, loss: 2, params: [] }), "a list of tensors is missing"],
    [withValue("fitted", { "d.x": { mean: 3 } }), "the mean of d.x is missing"],
    [withValue("fitted", { "d.x": { labels: [1] } }), "the labels of d.x must be a list of texts"],
  ])("%#", (broken, why) => {
    expect(problemOf(() => readCheckpoint(broken)).message).toBe(`this is not a whole checkpoint: ${why}`);
  });
});

test("numbers that JSON lacks, and texts that look like them, read back as they were", () => {
  const text =
    'data d = csv("d.csv")\ninput k : int[n] = category(d.k)\nparam NaN = 0\nparam w : [3] = 1\nloss J = mean(w[k] * NaN)\nmetric Infinity = 1 / NaN\ntrain { epochs = 1 }\n';
  const own = { "d.csv": "k\nNaN \n-0\nInfinity\n".replace("NaN ", "-Infinity") };
  const trainer = advance(trainerOf(text, own));
  const before = trainer.checkpoint();
  const after = readCheckpoint(writeCheckpoint(before));
  expect(after).toEqual(before);
  expect(after.params.map(({ name }) => name)).toEqual(["NaN", "w"]);
  expect([...after.fitted.values()]).toEqual([{ labels: ["-Infinity", "-0", "Infinity"] }]);
});
