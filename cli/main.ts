// The `wengert` command line: picks the command, reads its options, turns errors into messages and exit codes.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CommanderError, Command as Parser } from "commander";
import { projectRoot } from "../scripts/bootstrap.mjs";
import { type Command, readOptions } from "./command.ts";
import { commands } from "./commands/index.ts";
import { CommandError, UsageError, watchOutput } from "./host.ts";
import { ModelError } from "./open.ts";

/** Runs one command line; gives the exit code: 0 success, 1 the model or its data is wrong, 2 the command line is wrong, 130 interrupted. */
export async function main(argv: readonly string[]): Promise<number> {
  let code = 0;
  const parser = new Parser("wengert")
    .description("Algorithmic differentiation and small machine-learning models from .wg files.")
    .version(`wengert ${readVersion()}`)
    .exitOverride()
    .showHelpAfterError("(wengert help COMMAND lists its options)");
  for (const command of commands) {
    addCommand(parser, command, (result) => {
      code = result;
    });
  }
  try {
    await parser.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    return explain(error);
  }
}

function addCommand(parser: Parser, command: Command, done: (code: number) => void): void {
  const many = command.operand === "FILE...";
  const sub = parser
    .command(command.name)
    .description(command.summary)
    .argument(many ? "<FILE...>" : "<FILE>", "model file, - for standard input")
    .exitOverride();
  for (const { flag, value, doc, repeated } of command.options) {
    const syntax = value ? `--${flag} <${value}>` : `--${flag}`;
    if (repeated) sub.option(syntax, doc, (text: string, before: string[] | undefined) => [...(before ?? []), text]);
    else sub.option(syntax, doc);
  }
  sub.action(async (files: string | string[], values: Record<string, unknown>) => {
    const options = Object.fromEntries(command.options.map(({ flag }) => [flag, values[camelCase(flag)]]));
    done(await command.run(typeof files === "string" ? [files] : files, readOptions(options)));
  });
}

function readVersion(): string {
  return (JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as { readonly version: string }).version;
}

function camelCase(flag: string): string {
  return flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof ModelError) return 1;
  if (error instanceof UsageError || error instanceof CommandError) {
    process.stderr.write(`wengert: ${error.message}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
  throw error;
}

watchOutput();
process.exitCode = await main(process.argv.slice(2));
