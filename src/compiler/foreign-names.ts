// Names that functions have elsewhere, in NumPy, JAX, PyTorch or on paper, where spelling alone does not lead to ours.

const foreign: Readonly<Record<string, string>> = {
  absolute: "abs",
  amax: "max",
  amin: "min",
  arctan2: "atan2",
  average: "mean",
  cat: "concat",
  concatenate: "concat",
  fabs: "abs",
  inner: "dot",
  lgam: "lgamma",
  ln: "log",
  logistic: "sigmoid",
  mm: "matmul",
  onehot: "one_hot",
  permute: "transpose",
  product: "prod",
  rand: "uniform",
  randn: "normal",
  select: "where",
  sgn: "sign",
  size_of: "size",
  view: "reshape",
};

/** Functions that are written in another way. */
const spellings: Readonly<Record<string, string>> = {
  add: "+",
  divide: "/",
  eq: "==",
  fmod: "mod(a, b)",
  len: "size(x, 0)",
  multiply: "*",
  negative: "-",
  power: "^",
  subtract: "-",
  times: "*",
};

/** The function that has this name elsewhere, or null. */
export function foreignName(name: string): string | null {
  const key = name.toLowerCase();
  return Object.hasOwn(foreign, key) ? foreign[key] : null;
}

/** How what is a function elsewhere is written, or null. */
export function foreignSpelling(name: string): string | null {
  return Object.hasOwn(spellings, name) ? spellings[name] : null;
}
