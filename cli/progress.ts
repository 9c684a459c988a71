// Progress of a training run: one line redrawn on a terminal, plain lines otherwise.

import type { EpochRecord } from "../src/train/records.ts";

/** Where progress goes. */
export interface Progress {
  step(step: number, loss: number): void;
  epoch(record: EpochRecord): void;
  close(): void;
}

const redrawEvery = 100;
const barWidth = 24;

function short(value: number): string {
  return Number.isFinite(value) ? value.toPrecision(5) : String(value);
}

/** `epoch 3/20  loss 0.0812  accuracy 0.9754  | test loss 0.0934  accuracy 0.9712`. */
export function describeRecord({ epoch, loss, metrics, test }: EpochRecord): string {
  const describe = (own: { readonly loss: number; readonly metrics: Readonly<Record<string, number>> }) =>
    [`loss ${short(own.loss)}`, ...Object.entries(own.metrics).map(([name, value]) => `${name} ${short(value)}`)].join("  ");
  return `epoch ${epoch}  ${describe({ loss, metrics })}${test ? `  | test ${describe(test)}` : ""}`;
}

/** Time left as a person says it. */
export function describeSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return "";
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  return seconds < 3600 ? `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s` : `${(seconds / 3600).toFixed(1)} h`;
}

/** Progress on standard error; at most about `lines` plain lines where it is not a terminal. */
export function createProgress(total: number, from: number, lines = 200): Progress {
  const terminal = process.stderr.isTTY === true;
  const started = Date.now();
  let drawn = 0;
  let lastEpochLine = 0;
  const clear = () => terminal && drawn > 0 && process.stderr.write("\r\x1b[2K");
  return {
    step(step, loss) {
      const now = Date.now();
      if (!terminal || now - drawn < redrawEvery) return;
      const share = step / total;
      const filled = Math.round(share * barWidth);
      const left = ((now - started) / 1000 / Math.max(1, step - from)) * (total - step);
      clear();
      process.stderr.write(
        `[${"#".repeat(filled)}${".".repeat(barWidth - filled)}] step ${step}/${total}  loss ${short(loss)}  ${describeSeconds(left)} left`,
      );
      drawn = now;
    },
    epoch(record) {
      const every = Math.max(1, Math.ceil(total / lines));
      if (record.step < total && record.step - lastEpochLine < every && lastEpochLine > 0) return;
      lastEpochLine = record.step;
      clear();
      process.stderr.write(`${describeRecord(record)}\n`);
    },
    close() {
      clear();
    },
  };
}
