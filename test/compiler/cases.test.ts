// The text cases of the compiler: what models are lowered to, and what is wrong with them.
import { readdirSync } from "node:fs";
import { checkCases } from "../support/cases.ts";
import { showProgram } from "./show-program.ts";

const folder = new URL("cases/", import.meta.url);

for (const file of readdirSync(folder).sort()) checkCases(new URL(file, folder), showProgram);
