// Every example that trains reaches its recorded figure; the expected numbers were computed independently with NumPy and SciPy.
import { describe, expect, test } from "vitest";
import { exampleFileExists, trainExample } from "./load.ts";

/** Elements of a trained parameter. */
function parameter(trainer: ReturnType<typeof trainExample>["trainer"], path: string): number[] {
  const tensor = trainer.params().get(path);
  if (!tensor) throw new Error(`No parameter ${path} among ${[...trainer.params().keys()].join(", ")}.`);
  return Array.from(tensor.data);
}

/** The closed-form solution of least-squares.wg: intercept and ten weights. */
const leastSquares = [
  152.13348416, -0.47612079, -11.40686692, 24.72654886, 15.42940413, -37.67995261, 22.67616277, 4.80613814, 8.42203936, 35.73444577,
  3.21667372,
];

describe("examples reach their figures", () => {
  test("exercise.wg: J falls from 49 to 0", () => {
    expect(trainExample("exercise.wg").last.loss).toBeLessThan(1e-15);
  });

  test("gradient-descent.wg: the straight line of the normal equations", () => {
    const { last, trainer } = trainExample("gradient-descent.wg");
    expect(parameter(trainer, "slope")[0]).toBeCloseTo(0.69764202, 8);
    expect(parameter(trainer, "intercept")[0]).toBeCloseTo(4.20175439, 8);
    expect(last.metrics.error).toBeLessThan(0.4);
  });

  test("least-squares.wg: momentum agrees with the closed form in the same file to 1e-6", () => {
    const { last, trainer } = trainExample("least-squares.wg");
    expect(last.metrics.distance).toBeLessThan(1e-9);
    expect(last.metrics.R2).toBeCloseTo(0.51774842, 7);
    expect(last.loss).toBeCloseTo(1263985.7856, 3);
    for (const [k, value] of parameter(trainer, "theta").entries()) expect(value).toBeCloseTo(leastSquares[k], 7);
  });

  test("logistic.wg: at least 95 % of the test tumours", () => {
    const { last } = trainExample("logistic.wg");
    expect(last.test?.metrics.accuracy).toBeGreaterThanOrEqual(0.95);
    expect(last.metrics.accuracy).toBeGreaterThanOrEqual(0.98);
    expect(last.loss).toBeLessThan(0.08);
  });

  test("iris.wg: at least 90 % of the test flowers", () => {
    const { last } = trainExample("iris.wg");
    expect(last.test?.metrics.accuracy).toBeGreaterThanOrEqual(0.9);
    expect(last.metrics.accuracy).toBeGreaterThanOrEqual(0.95);
  });

  test("rosenbrock.wg: the minimum in 20 dimensions", () => {
    const { last } = trainExample("rosenbrock.wg");
    expect(last.loss).toBeLessThan(1e-12);
    expect(last.metrics.distance).toBeLessThan(1e-6);
  });

  test("pinn.wg: the solution sin(t) to 1e-3", () => {
    expect(trainExample("pinn.wg").last.metrics.error).toBeLessThan(1e-3);
  });

  test("bundle.wg: as near to the pixels as they were measured", () => {
    expect(trainExample("bundle.wg").last.metrics.distance).toBeLessThan(0.4);
  });

  test("mixture.wg: two groups of penguins", () => {
    const { last, trainer } = trainExample("mixture.wg");
    expect(last.loss).toBeCloseTo(1.28538193, 6);
    expect(parameter(trainer, "μ")[0]).toBeCloseTo(-0.71207, 3);
    expect(parameter(trainer, "μ")[1]).toBeCloseTo(1.07279, 3);
  });
});

const digitsThere = exampleFileExists("data/train-images-idx3-ubyte");
if (!digitsThere) process.stderr.write("SKIPPED digits.wg: examples/data/ is absent: `npm run data` copies the MNIST digits there\n");

describe.skipIf(!digitsThere)("digits.wg", () => {
  test("two epochs are enough for 95 % of the 10,000 test digits", { timeout: 420_000 }, () => {
    expect(trainExample("digits.wg", 2).last.test?.metrics.accuracy).toBeGreaterThanOrEqual(0.95);
  });
});
