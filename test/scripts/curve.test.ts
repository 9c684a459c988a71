// The printed training curve.
import { expect, test } from "vitest";
import { drawSparkline, formatCurve, parseCurve } from "../../scripts/curve.ts";

test("a curve prints as a table and one drawing a measured column", () => {
  const text = "epoch,step,loss,accuracy,test_accuracy\n1,10,2,0.5,\n2,20,1,0.75,0.7\n3,30,0,1,0.9\n";
  expect(formatCurve(parseCurve(text))).toBe(
    [
      "epoch  step    loss  accuracy  test_accuracy",
      "    1    10  2.0000   0.50000              -",
      "    2    20  1.0000   0.75000        0.70000",
      "    3    30  0.0000    1.0000        0.90000",
      "",
      "loss           █▅▁",
      "accuracy       ▁▅█",
      "test_accuracy   ▁█",
      "",
    ].join("\n"),
  );
});

test("an empty curve says so", () => {
  expect(formatCurve(parseCurve("epoch,step,loss\n"))).toBe("The curve is empty.\n");
});

test("a long curve keeps its first and last row and fits the width", () => {
  const rows = Array.from({ length: 1000 }, (_, i) => `${i + 1},${1000 - i}`);
  const printed = formatCurve(parseCurve(["epoch,loss", ...rows].join("\n"))).split("\n");
  expect(printed[1].trim().split(/\s+/)[0]).toBe("1");
  expect(printed[24].trim().split(/\s+/)[0]).toBe("1000");
  expect(printed.length).toBe(1 + 24 + 1 + 1 + 1);
  expect(drawSparkline(rows.map((_, i) => i))).toHaveLength(60);
});

test("a drawing shows constants low and gaps where a value is not finite", () => {
  expect(drawSparkline([3, 3, 3])).toBe("▁▁▁");
  expect(drawSparkline([0, Number.NaN, Number.POSITIVE_INFINITY, 1])).toBe("▁  █");
  expect(drawSparkline([5])).toBe("▁");
  expect(drawSparkline([])).toBe("");
});
