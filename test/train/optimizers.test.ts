// Every optimizer against steps worked out by hand, and against the figures of the exercise.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { optimizerChoices } from "../../src/train/optimizers.ts";
import { folderWith, wengert } from "../support/cli.ts";
import { advance, numbersOf, trainerOf } from "./runs.ts";

/** J = w0^2 + 2.5 w1^2 from (1, -2): the gradient is (2 w0, 5 w1), at first (2, -10). */
const model = (optimizer: string) => `param w : [2] = [1, -2]
loss J = w[0]^2 + 2.5 * w[1]^2
train { optimizer = ${optimizer}; steps = 4 }
`;

/**
 * The parameters after each step, computed apart from this program in decimal arithmetic of 40 digits from the formulas of
 * - momentum and Nesterov: Sutskever, Martens, Dahl, Hinton 2013, in the form v <- m v + g, p <- p - r v or p - r (g + m v)
 * - adagrad: Duchi, Hazan, Singer 2011, diagonal, with epsilon outside of the root
 * - rmsprop: Tieleman, Hinton 2012, lecture 6.5, with epsilon outside of the root
 * - adam: Kingma, Ba 2015, algorithm 1
 * - adamw: Loshchilov, Hutter 2019, algorithm 2, the decay multiplied by the rate
 * - lbfgs: Nocedal, Wright 2006, the inverse Hessian as a matrix by (7.16) with (7.20) for its start, not by the two loops; first step
 *   1 / |g|_1 = 1/12, then 1, which decreases the loss enough each time
 */
const steps: readonly (readonly [optimizer: string, steps: readonly (readonly [number, number])[]])[] = [
  [
    "sgd(rate: 0.1)",
    [
      [0.8, -1],
      [0.64, -0.5],
      [0.512, -0.25],
    ],
  ],
  [
    "sgd(rate: 0.1, momentum: 0.5)",
    [
      [0.8, -1],
      [0.54, 0],
      [0.302, 0.5],
    ],
  ],
  [
    "sgd(rate: 0.1, momentum: 0.5, nesterov: true)",
    [
      [0.7, -0.5],
      [0.44, 0.125],
      [0.248, 0.21875],
    ],
  ],
  [
    "adagrad(rate: 0.1)",
    [
      [0.90000000000500002, -1.900000000001],
      [0.83310352684503586, -1.831125053810011],
      [0.78045618135680983, -1.7758215150103738],
    ],
  ],
  [
    "rmsprop(rate: 0.1)",
    [
      [0.68377223898316197, -1.6837722349831621],
      [0.49887061350705397, -1.4738753149521564],
      [0.36918056029155971, -1.3087178686866101],
    ],
  ],
  [
    "adam(rate: 0.1)",
    [
      [0.90000000049999995, -1.9000000000999999],
      [0.80041222869179218, -1.8001664858124653],
      [0.7015862729460296, -1.7006233915870752],
    ],
  ],
  [
    "adamw(rate: 0.1)",
    [
      [0.89900000049999995, -1.8980000000999999],
      [0.79851902716852097, -1.7962725883416439],
      [0.69891118315823153, -1.6949445139258408],
    ],
  ],
  [
    "lbfgs(history: 2)",
    [
      [0.83333333333333337, -1.1666666666666667],
      [0.34644417460536037, 0.027715533968428827],
      [0.1896931931258434, 0.030931324719458794],
      [-1.2920899874094599e-5, -0.00025192730418970239],
    ],
  ],
];

test("every optimizer is here", () => {
  const names = new Set(steps.map(([optimizer]) => optimizer.replace(/\(.*/, "")));
  expect([...names]).toEqual(optimizerChoices.map(({ name }) => name));
});

describe.each(steps)("%s", (optimizer, expected) => {
  const trainer = trainerOf(model(optimizer));

  test.each(expected.map((point, k) => [k + 1, point] as const))("step %i", (step, point) => {
    advance(trainer, 1);
    expect(trainer.step).toBe(step);
    for (const [k, value] of numbersOf(trainer, "w").entries()) expect(value).toBeCloseTo(point[k], 13);
  });
});

test("defaults are those of the table", () => {
  expect(numbersOf(advance(trainerOf(model("sgd")), 1), "w")).toEqual([1 - 0.01 * 2, -2 + 0.01 * 10]);
  expect(numbersOf(advance(trainerOf(model("adam").replace(/optimizer = adam; /, "")), 1), "w")[0]).toBeCloseTo(0.999, 10);
});

test("the exercise of the course: dJ/dw = 140 and dJ/db = 28, so one step of 1e-3 leads to w = 1.86 and b = -3.028", () => {
  const folder = folderWith({});
  const out = join(folder, "p.json");
  const { code, err } = wengert(["train", "examples/exercise.wg", "--steps", "1", "--params-out", out]);
  expect(code, err).toBe(0);
  const { params } = JSON.parse(readFileSync(out, "utf8"));
  expect(params.w.data[0]).toBeCloseTo(1.86, 14);
  expect(params.b.data[0]).toBeCloseTo(-3.028, 14);
});

describe("clip", () => {
  const clipped = (clip: string) => numbersOf(advance(trainerOf(model(`sgd(rate: 1); clip = ${clip}`)), 1), "w");

  // The gradient (2, -10) has the norm sqrt(104).
  test.each([
    ["1", [1 - 2 / Math.sqrt(104), -2 + 10 / Math.sqrt(104)]],
    ["norm(1)", [1 - 2 / Math.sqrt(104), -2 + 10 / Math.sqrt(104)]],
    ["100", [-1, 8]],
    ["value(3)", [-1, 1]],
  ])("%s", (clip, expected) => {
    for (const [k, value] of clipped(clip).entries()) expect(value).toBeCloseTo(expected[k], 14);
  });

  test("the norm is taken over all parameters together", () => {
    const text = "param a = 3\nparam b = 4\nloss J = (a^2 + b^2) / 2\ntrain { optimizer = sgd(rate: 1); clip = 1; steps = 1 }\n";
    const trainer = advance(trainerOf(text));
    expect(numbersOf(trainer, "a")[0]).toBeCloseTo(3 - 0.6, 14);
    expect(numbersOf(trainer, "b")[0]).toBeCloseTo(4 - 0.8, 14);
  });
});

describe("lbfgs", () => {
  test("finds the minimum of a quadratic function of 8 parameters in a few steps, with a history shorter than that", () => {
    const text = `param w : [8] = 1
loss J = sum([1, 2, 4, 8, 16, 32, 64, 128] * (w - [1, -1, 2, -2, 3, -3, 4, -4])^2)
train { optimizer = lbfgs(history: 4); steps = 100 }
`;
    const trainer = advance(trainerOf(text));
    expect(trainer.records.at(-1)?.loss).toBeLessThan(1e-15);
  });

  test("stops where no step decreases the loss any more, and the parameters stay", () => {
    const trainer = advance(trainerOf("param w = 0\nloss J = w^2\ntrain { optimizer = lbfgs; epochs = 10 }\n"));
    expect(trainer.end).toEqual({ kind: "stopped", reason: "no step decreases the loss any more" });
    expect(trainer.step).toBe(1);
    expect(numbersOf(trainer, "w")).toEqual([0]);
  });

  test("fails where the gradient is not finite although the loss is", () => {
    const trainer = advance(trainerOf("param w = 0\nloss J = sqrt(w)\ntrain { optimizer = lbfgs; epochs = 10 }\n"));
    expect(trainer.end).toMatchObject({ kind: "failed", step: 1, problem: null });
    expect(numbersOf(trainer, "w")).toEqual([0]);
  });

  test("a schedule scales the first step length tried", () => {
    const text = (schedule: string) =>
      `param w = 1\nloss J = w^2 / 2\ntrain { optimizer = lbfgs(rate: 0.5); steps = 1; schedule = ${schedule} }\n`;
    expect(numbersOf(advance(trainerOf(text("constant"))), "w")).toEqual([0.5]);
    expect(numbersOf(advance(trainerOf(text("warmup(2)"))), "w")).toEqual([0.75]);
  });
});
