// The train settings in words, as a checkpoint keeps them, and which of them are others when a run goes on.

import type { Checkpoint } from "./checkpoint.ts";
import type { Clip, Stop, TrainSettings } from "./settings.ts";

/** A setting of the `train` block that is not what a checkpoint was made with: `optimizer rate` was `0.1` and now is `0.01`. */
export interface ChangedSetting {
  readonly name: string;
  readonly before: string;
  readonly now: string;
}

/** Every setting by its name; those of a call such as `adam(rate: 1e-3)` one by one, as `optimizer rate`. */
export function describeSettings(settings: TrainSettings): ReadonlyMap<string, string> {
  const { optimizer, schedule, epochs, steps, batch, split, shuffle, seed, clip, stop } = settings;
  return new Map([
    ["optimizer", optimizer.name],
    ...describeNumbers("optimizer", optimizer.settings),
    ["schedule", schedule.rule.name],
    ...describeNumbers("schedule", schedule.settings),
    ["epochs", describe(epochs, "as many as the steps have")],
    ["steps", describe(steps, "as many as the epochs have")],
    ["batch", describe(batch, "all rows")],
    ["split", describe(split, "none")],
    ["shuffle", String(shuffle)],
    ["seed", String(seed)],
    ["clip", describeClip(clip)],
    ["stop", describeStop(stop)],
  ]);
}

/**
 * What is set otherwise than when the checkpoint was made, in the order of the settings. A run goes on with what is set now; what it
 * cannot go on with (another optimizer, seed or batch) `Trainer.restore` refuses.
 */
export function changedSettings(checkpoint: Checkpoint, settings: TrainSettings): readonly ChangedSetting[] {
  const now = describeSettings(settings);
  const before = checkpoint.settings;
  const others = [...before.keys()].filter((name) => !now.has(name));
  return [...now.keys(), ...others].flatMap((name) => {
    const [then, today] = [before.get(name), now.get(name)];
    const [owner] = name.split(" ");
    if (then === today || (owner !== name && before.get(owner) !== now.get(owner))) return [];
    return [{ name, before: then ?? "not set", now: today ?? "not set" }];
  });
}

function describeNumbers(owner: string, numbers: Readonly<Record<string, number>>): (readonly [string, string])[] {
  return Object.entries(numbers).map(([name, value]) => [`${owner} ${name}`, String(value)]);
}

function describe(value: number | null, otherwise: string): string {
  return value === null ? otherwise : String(value);
}

function describeClip(clip: Clip | null): string {
  return clip ? `${clip.kind}(${clip.limit})` : "none";
}

function describeStop(stop: Stop | null): string {
  if (!stop) return "none";
  return stop.below === null ? `patience(${stop.patience}, delta: ${stop.delta})` : `below(${stop.below})`;
}
