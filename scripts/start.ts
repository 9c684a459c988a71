// `npm start`: trains the digits example from the command line and prints its curve and where the parameters went.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot, runCommand } from "./bootstrap.mjs";
import { formatCurve, parseCurve } from "./curve.ts";
import { copyMnist } from "./datasets.ts";

const parameters = join("out", "digits.params.json");
const curve = join("out", "digits.curve.csv");

copyMnist((line) => process.stdout.write(`${line}\n`));
mkdirSync(join(projectRoot, "out"), { recursive: true });
process.stdout.write("Training examples/digits.wg: MNIST, 60,000 digits, a network 784-128-10. Ctrl-C stops it.\n");
const code = await runCommand(
  process.execPath,
  ["cli/wengert.mjs", "train", "examples/digits.wg", "--params-out", parameters, "--curve", curve],
  { cwd: projectRoot },
);
process.exitCode = code;
if (code === 0) {
  process.stdout.write(`\n${formatCurve(parseCurve(readFileSync(join(projectRoot, curve), "utf8")))}`);
  process.stdout.write(`\nThe trained parameters are in ${parameters}, the curve in ${curve}.\n`);
  process.stdout.write("Next: npx --no-install wengert --help, and the models in examples/.\n");
}
