// Training from the command line: same seed, same bits; killed and resumed is never interrupted.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderWith, wengert, wengertKilled } from "../support/cli.ts";

const rows = Array.from({ length: 40 }, (_, k) => `${k / 10},${(3 * k) / 10 - 1 + (k % 3) / 10},${k % 2 ? "a" : "b"}`).join("\n");
const data = `x,y,kind\n${rows}\n`;
const model = (optimizer: string, more = "; clip = 5") => `data d = csv("d.csv")
input x : [n] = standardize(d.x)
input y : [n] = d.y
input kind : int[n] = category(d.kind)
param w = 0
param b = 0
param offset : [2] = normal()
state seen = 0
next seen = seen + 1
noise = if training then 0.01 * normal([n]) else zeros([n])
yhat = w * x + b + offset[kind] + noise
loss J = mean((yhat - y)^2)
metric error = max(abs(yhat - y))
train { optimizer = ${optimizer}; epochs = 12; batch = 7; split = 0.8; seed = 3; schedule = cosine() ${more} }
`;

const optimizers = [
  "sgd(rate: 0.05)",
  "sgd(rate: 0.05, momentum: 0.9, nesterov: true)",
  "adagrad(rate: 0.3)",
  "rmsprop(rate: 0.02)",
  "adam(rate: 0.05)",
  "adamw(rate: 0.05, decay: 0.001)",
  "lbfgs(history: 4)",
];

describe.each(optimizers)("%s", (optimizer) => {
  const text = optimizer.startsWith("lbfgs") ? model(optimizer, "") : model(optimizer);
  const folder = folderWith({ "m.wg": text, "d.csv": data });
  const at = (name: string) => join(folder, name);
  const read = (name: string) => readFileSync(at(name), "utf8");
  const train = (...args: string[]) => {
    const outcome = wengert(["train", at("m.wg"), ...args]);
    expect(outcome.code, outcome.err).toBe(0);
    return outcome;
  };

  it("gives the same bits for the same seed, and learns", () => {
    train("--params-out", at("p1.json"), "--curve", at("c1.csv"));
    train("--params-out", at("p2.json"), "--curve", at("c2.csv"));
    expect(read("p2.json")).toBe(read("p1.json"));
    expect(read("c2.csv")).toBe(read("c1.csv"));
    const losses = read("c1.csv")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => Number(line.split(",")[2]));
    expect(losses).toHaveLength(12);
    expect(losses[11]).toBeLessThan(losses[0]);
  });
});

it("survives kill -9 and goes on bit for bit", { timeout: 60_000 }, async () => {
  const long = model("adam(rate: 0.01)").replace("epochs = 12", "epochs = 400");
  const folder = folderWith({ "m.wg": long, "d.csv": data });
  const at = (name: string) => join(folder, name);
  const whole = wengert(["train", at("m.wg"), "--params-out", at("whole.json"), "--curve", at("whole.csv")]);
  expect(whole.code, whole.err).toBe(0);
  for (const [k, epoch] of [3, 50, 199].entries()) {
    const checkpoint = at(`checkpoint-${k}`);
    const killed = await wengertKilled(
      ["train", at("m.wg"), "--json", "--checkpoint", checkpoint, "--checkpoint-every", String(3 + k)],
      (text) => text.includes(`"epoch":${epoch},`),
      "SIGKILL",
    );
    expect(killed.code).toBeNull();
    const resumed = wengert([
      "train",
      at("m.wg"),
      "--resume",
      "--checkpoint",
      checkpoint,
      "--params-out",
      at(`p${k}.json`),
      "--curve",
      at(`c${k}.csv`),
    ]);
    expect(resumed.code, resumed.err).toBe(0);
    expect(readFileSync(at(`p${k}.json`), "utf8")).toBe(readFileSync(at("whole.json"), "utf8"));
    expect(readFileSync(at(`c${k}.csv`), "utf8")).toBe(readFileSync(at("whole.csv"), "utf8"));
  }
});

it("leaves a usable checkpoint on Ctrl-C", { timeout: 60_000 }, async () => {
  const long = model("adam(rate: 0.01)").replace("epochs = 12", "epochs = 400");
  const folder = folderWith({ "m.wg": long, "d.csv": data });
  const at = (name: string) => join(folder, name);
  const whole = wengert(["train", at("m.wg"), "--params-out", at("whole.json")]);
  expect(whole.code, whole.err).toBe(0);
  const stopped = await wengertKilled(
    ["train", at("m.wg"), "--json", "--curve", at("cut.csv")],
    (text) => text.includes('"epoch":20,'),
    "SIGINT",
  );
  expect(stopped.code, stopped.err).toBe(130);
  expect(stopped.err).toContain("--resume");
  const resumed = wengert(["train", at("m.wg"), "--resume", "--params-out", at("resumed.json")]);
  expect(resumed.code, resumed.err).toBe(0);
  expect(readFileSync(at("resumed.json"), "utf8")).toBe(readFileSync(at("whole.json"), "utf8"));
});

it("names what is not finite and keeps the last finite parameters", () => {
  const folder = folderWith({ "m.wg": "param w = 2\nz = w - 1\nloss J = log(z)\ntrain { optimizer = sgd(rate: 0.6); steps = 50 }\n" });
  const { code, err } = wengert(["train", "m.wg", "--params-out", "p.json"], "", folder);
  expect(code).toBe(1);
  expect(err).toContain("m.wg:3:");
  expect(err).toMatch(/stopped at step \d+: J became NaN/);
  expect(readFileSync(join(folder, "p.json"), "utf8")).toContain('"w"');
});

it("names its own problem where it is not a number that is not finite", () => {
  const text = `param w = 0
state t = 0
next t = t + 1
k = argmax([w, t])
table = [1, 2]
loss J = table[k + 1] * w^2 + w
train { optimizer = sgd(rate: 0.1); steps = 5 }
`;
  const { code, err } = wengert(["train", "m.wg"], "", folderWith({ "m.wg": text }));
  expect(code).toBe(1);
  expect(err).toMatch(/m\.wg:6:\d+: error run: stopped at step \d: /);
});

describe("predict", () => {
  it("needs no target column and treats data as in training", () => {
    const folder = folderWith({
      "m.wg": model("adam(rate: 0.1)").replace("epochs = 12", "epochs = 100"),
      "d.csv": data,
      "new.csv": "x,kind\n1,a\n2,b\n",
    });
    expect(wengert(["train", "m.wg", "--params-out", "p.json"], "", folder).code).toBe(0);
    const { code, out, err } = wengert(["predict", "m.wg", "--params", "p.json", "--data", "new.csv", "--of", "yhat"], "", folder);
    expect(code, err).toBe(0);
    const [head, first, second] = out.trim().split("\n");
    expect(head).toBe("yhat");
    expect(Number(first)).toBeCloseTo(2, 0);
    expect(Number(second)).toBeCloseTo(5, 0);
  });

  it("names an unseen label with its line", () => {
    const folder = folderWith({
      "m.wg": model("adam(rate: 0.1)").replace("epochs = 12", "epochs = 100"),
      "d.csv": data,
      "new.csv": "x,kind\n1,a\n2,c\n",
    });
    expect(wengert(["train", "m.wg", "--params-out", "p.json"], "", folder).code).toBe(0);
    const { code, err } = wengert(["predict", "m.wg", "--params", "p.json", "--data", "new.csv", "--of", "yhat"], "", folder);
    expect(code).toBe(1);
    expect(err).toContain("new.csv:3");
    expect(err).toContain('"c"');
  });
});
