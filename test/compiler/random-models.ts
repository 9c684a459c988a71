// Random models that mostly compile: functions, parameters, data, sizes, derivatives, in an order that works.
import type { Draw } from "../support/programs.ts";

const unary = ["sin", "tanh", "relu", "square", "sigmoid", "-"];
const binary = ["+", "-", "*", "/"];

/** What every model begins with. */
const beginning: readonly string[] = [
  'data cars = csv("cars.csv")',
  "dim k = 4",
  "dim j = 2 * k",
  "input x : [n] = standardize(cars.mpg)",
  "input y : [n] = cars.horsepower",
  "input v : [k] = [1, 2, 3, 4]",
  "input c : int[n] = category(cars.origin)",
  "input s = 2",
  "param w = 0.5",
  "param W : [k, j] = glorot_uniform()",
  "fn affine(a, scale = 2) { param slope = 1; param offset = 0; return scale * slope * a + offset }",
  "fn deep(a, m) = if m == 0 then a else affine(deep(a, m - 1))",
  "fn both(a, b) = (a + b, a * b)",
  "fn apply(f, a) = f(a)",
  "fn slope(a) { b = a * a; return grad(sum(b), a) }",
  "shared fn common(a) { param gain = 1; return gain * a }",
];

/** The statements of a model: each uses names of those before it. */
export function makeModel(draw: Draw): string[] {
  const statements = [...beginning];
  const names = { scalar: ["s", "w"], rows: ["x", "y"], vector: ["v"] };
  type Kind = keyof typeof names;
  const pick = <Item>(items: readonly Item[]): Item => items[draw(items.length)];
  const kinds: readonly Kind[] = ["scalar", "rows", "vector"];

  const operand = (kind: Kind): string => (draw(6) === 0 ? String(draw(9) + 1) : pick(draw(4) === 0 ? names.scalar : names[kind]));
  const call = (kind: Kind): string => {
    const inner = pick(names[kind]);
    const calls = [
      `affine(${inner})`,
      `affine(${inner}, scale: ${draw(5)})`,
      `deep(${inner}, ${draw(3)})`,
      `apply(${pick(["sin", "common"])}, ${inner})`,
    ];
    return pick([...calls, `common(${inner})`, `slope(${inner})`, `repeat(${draw(3)}, affine, ${inner})`, `(${inner} |> affine |> tanh)`]);
  };
  const expression = (kind: Kind, depth: number): string => {
    if (depth === 0) return operand(kind);
    switch (draw(6)) {
      case 0:
        return `(${expression(kind, depth - 1)} ${pick(binary)} ${expression(kind, depth - 1)})`;
      case 1: {
        const name = pick(unary);
        return `${name}(${expression(kind, depth - 1)})`;
      }
      case 2:
        return `(if ${operand(kind)} > ${draw(5)} then ${expression(kind, depth - 1)} else ${operand(kind)})`;
      case 3:
        return `(if k > ${draw(8)} then ${expression(kind, depth - 1)} else ${operand(kind)})`;
      case 4:
        return call(kind);
      default:
        return kind === "scalar" ? `sum(${expression(pick(kinds), depth - 1)})` : `${operand(kind)} ${pick(binary)} ${pick(names[kind])}`;
    }
  };

  const count = 3 + draw(12);
  for (let index = 0; index < count; index++) {
    const kind = pick(kinds);
    const name = `t${index}`;
    const form = draw(8);
    if (form === 0) {
      statements.push(`(${name}, u${index}) = both(${pick(names[kind])}, ${pick(names[kind])})`);
      names[kind].push(`u${index}`);
    } else if (form === 1) {
      statements.push(`${name} = ${pick(names.vector)} @ W @ W.T`);
      names.vector.push(name);
      continue;
    } else statements.push(`${name} = ${expression(kind, 1 + draw(3))}`);
    if (statements[statements.length - 1].includes("sum(") || kind !== "scalar") names[kind].push(name);
    else names.scalar.push(name);
  }
  statements.push(
    `loss J = mean((${pick(names.rows)} - affine(${pick(names.rows)}))^2)`,
    `g = grad(J, ${pick(names.rows)})`,
    "h = J.affine_1.slope",
  );
  return statements;
}
