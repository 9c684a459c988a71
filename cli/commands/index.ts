// The list of commands.

import type { Command } from "../command.ts";
import { check } from "./check.ts";
import { cost } from "./cost.ts";
import { evaluate } from "./eval.ts";
import { exportCommand } from "./export.ts";
import { fmt } from "./fmt.ts";
import { grad } from "./grad.ts";
import { gradcheck } from "./gradcheck.ts";
import { jvp } from "./jvp.ts";
import { predict } from "./predict.ts";
import { trace } from "./trace.ts";
import { train } from "./train.ts";

export const commands: readonly Command[] = [check, evaluate, grad, jvp, trace, cost, gradcheck, train, predict, exportCommand, fmt];
