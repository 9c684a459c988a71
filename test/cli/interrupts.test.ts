// Runs that are cut short: what they leave, how they go on, and output that nobody takes.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { folderWith, wengert, wengertKilled } from "../support/cli.ts";

const model = `input x = 2
param w = 0
param b = 0
loss J = (w * x + b - 3)^2
train { optimizer = adam(rate: 0.001); epochs = 100000000 }
`;
let folder = "";
const at = (name: string) => join(folder, name);
const bin = join(import.meta.dirname, "../../cli/wengert.mjs");
const program = `"${process.execPath}" "${bin}"`;

/** A command line as bash takes it. */
const shell = (command: string) => spawnSync("bash", ["-c", `set -o pipefail; ${command}`], { cwd: folder, encoding: "utf8" });
const interrupt = (...args: string[]) => wengertKilled(["train", ...args], (text) => text.includes("epoch 1 "), "SIGINT");

beforeEach(() => {
  folder = folderWith({ "m.wg": model, "it's me.wg": model });
});

describe("Ctrl-C", { timeout: 60_000 }, () => {
  it("leaves a command that goes on as it stands, whatever the names are", async () => {
    const options = ["--set", "x=1", "--set", "b=0.5", "--curve", at("$(a) `b`.csv"), "--params-out", at("p;q.json")];
    const { code, err } = await interrupt(at("it's me.wg"), ...options);
    expect(code).toBe(130);
    const [, step, command] = /Interrupted at step (\d+)\. Go on with: npx --no-install wengert (.*)\n/.exec(err) ?? [];
    const more = Number(step) + 3;
    const { status, stderr } = shell(`${program} ${command} --steps ${more}`);
    expect([status, stderr]).toEqual([0, expect.stringContaining(`steps: ${more} from here on`)]);
    const { training, params } = JSON.parse(readFileSync(at("p;q.json"), "utf8"));
    expect(training.epochs).toBe(more);
    expect(Object.keys(params)).toEqual(["w", "b"]);
    expect(readFileSync(at("$(a) `b`.csv"), "utf8").trim().split("\n")).toHaveLength(more + 1);
  });

  it("says what could not be written, and keeps it elsewhere", async () => {
    writeFileSync(at("m.wg.checkpoint"), "");
    const { code, err } = await interrupt(at("m.wg"), "--curve", "/dev/full");
    expect(code).toBe(130);
    const kept = [...err.matchAll(/cannot be written: [a-z ]+; it is kept in (\S+)/g)].map(([, path]) => path);
    expect(kept).toHaveLength(2);
    expect(readFileSync(kept[0], "utf8")).toMatch(/^epoch,step,loss\n1,1,/);
    expect(JSON.parse(readFileSync(kept[1], "utf8")).format).toBe("wengert-checkpoint");
    expect(err).toMatch(/Interrupted at step \d+\.\n$/);
  });
});

describe("standard output", { timeout: 60_000 }, () => {
  it("that nobody reads ends a run that saves nothing", () => {
    const { status, stdout, stderr } = shell(`${program} train m.wg --json | head -n 1`);
    expect([status, stderr]).toEqual([141, ""]);
    expect(JSON.parse(stdout)).toMatchObject({ epoch: 1 });
  });

  it("that nobody reads does not end a run that saves its result", () => {
    const { status, stderr } = shell(`${program} train m.wg --json --epochs 3000 --params-out p.json | head -n 1`);
    expect([status, stderr]).toEqual([0, ""]);
    expect(JSON.parse(readFileSync(at("p.json"), "utf8")).training.epochs).toBe(3000);
  });

  it("of another command that nobody reads is dropped", () => {
    expect(shell(`${program} eval m.wg | true`)).toMatchObject({ status: 0, stderr: "" });
  });

  it("on a full disk is said once, and files are written all the same", () => {
    const message = "wengert: standard output cannot be written: the disk is full\n";
    expect(shell(`${program} eval m.wg > /dev/full`)).toMatchObject({ status: 1, stderr: message });
    expect(shell(`${program} train m.wg --json > /dev/full`)).toMatchObject({ status: 1, stderr: message });
    const { status, stderr } = shell(`${program} train m.wg --json --epochs 30 --params-out p.json > /dev/full`);
    expect([status, stderr]).toEqual([1, message]);
    expect(existsSync(at("p.json"))).toBe(true);
  });

  it("is not needed, nor is standard error", () => {
    const { status } = shell(`${program} train m.wg --epochs 3 --params-out p.json 2> /dev/full`);
    expect(status).toBe(0);
    expect(existsSync(at("p.json"))).toBe(true);
  });
});

it("warns once of a checkpoint that cannot be written on the way, and goes on", async () => {
  const args = ["train", at("m.wg"), "--json", "--epochs", "1000", "--checkpoint", at("ck"), "--checkpoint-every", "1"];
  mkdirSync(at("folder"));
  symlinkSync("folder", at("ck"));
  symlinkSync("m.wg", at("spoilt"));
  const spoil = (text: string) => {
    if (text.includes('"epoch":2,') && existsSync(at("spoilt"))) renameSync(at("spoilt"), at("ck"));
    return false;
  };
  const { code, err } = await wengertKilled([...args, "--params-out", at("p.json")], spoil, "SIGINT");
  expect(err.match(/warning: no checkpoint at step/g)).toHaveLength(1);
  expect(err).toMatch(/checkpoint\.json cannot be written: a part of its path is not a folder; it is kept in \S+\n$/);
  expect(code).toBe(1);
  expect(existsSync(at("p.json"))).toBe(true);
}, 60_000);

it("goes on with a checkpoint whose folder was moved", { timeout: 60_000 }, async () => {
  await interrupt(at("m.wg"));
  mkdirSync(at("elsewhere"));
  expect(shell("mv m.wg.checkpoint elsewhere/ck").status).toBe(0);
  const { step } = JSON.parse(readFileSync(at("elsewhere/ck/checkpoint.json"), "utf8"));
  const { code, err } = wengert(["train", at("m.wg"), "--resume", "--checkpoint", at("elsewhere/ck"), "--steps", String(step + 1)]);
  expect([code, err]).toEqual([0, expect.stringContaining(`epoch ${step + 1} `)]);
});
