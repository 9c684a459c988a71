// Reads and prints the texts that it is given in a fresh worker, where nothing is compiled yet, and answers with the numbers of diagnostics.
import { parentPort, workerData } from "node:worker_threads";
import { format } from "../../grammar/index.ts";

parentPort?.postMessage((workerData as string[]).map((text) => format(text).diagnostics.length));
