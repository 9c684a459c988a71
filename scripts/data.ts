// `npm run data`: brings the large data sets that the examples and long checks read.
import { copyFashionMnist, copyMnist } from "./datasets.ts";

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
copyMnist(say);
say("MNIST is in place (examples/data/).");
copyFashionMnist(say);
