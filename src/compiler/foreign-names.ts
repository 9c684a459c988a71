// Names that functions have elsewhere, in NumPy, JAX, PyTorch or on paper, where spelling alone does not lead to ours.

const foreign: Readonly<Record<string, string>> = {
  absolute: "abs",
  amax: "max",
  amin: "min",
  arctan2: "atan2",
  average: "mean",
  binary_cross_entropy: "bce",
  cat: "concat",
  concatenate: "concat",
  cosine: "cos",
  dense: "linear",
  fabs: "abs",
  inner: "dot",
  lgam: "lgamma",
  ln: "log",
  logistic: "sigmoid",
  l2: "norm",
  mean_squared_error: "mse",
  mm: "matmul",
  onehot: "one_hot",
  permute: "transpose",
  product: "prod",
  rand: "uniform",
  randn: "normal",
  select: "where",
  sgn: "sign",
  sig: "sigmoid",
  sine: "sin",
  size_of: "size",
  tangent: "tan",
  view: "reshape",
};

/** Functions that are written in another way. */
const spellings: Readonly<Record<string, string>> = {
  add: "+",
  all: "min(x)",
  any: "max(x)",
  cot: "1 / tan(x)",
  csc: "1 / sin(x)",
  divide: "/",
  eq: "==",
  fmod: "mod(a, b)",
  inv: "solve(A, eye(n))",
  inverse: "solve(A, eye(n))",
  len: "size(x, 0)",
  length: "size(x, 0)",
  mae: "mean(abs(a - b))",
  mean_absolute_error: "mean(abs(a - b))",
  multiply: "*",
  negative: "-",
  power: "^",
  rmse: "sqrt(mse(a, b))",
  sec: "1 / cos(x)",
  squeeze: "reshape(x, [n])",
  subtract: "-",
  times: "*",
};

/** Functions of other systems that have no counterpart here: what is spelt nearly as they are is something else. */
const absent: ReadonlySet<string> = new Set(
  "argsort avg_pool bincount conv conv1d conv2d det eig eigh einsum fft filter find hist histogram interp kron lstm lu map"
    .split(" ")
    .concat(
      "max_pool median mode nll pinv print qr quantile rank rnn rot90 scan sort split str svd swapaxes tile unique vmap while zip".split(
        " ",
      ),
    ),
);

/** True for a function of other systems that has no counterpart here. */
export function isAbsent(name: string): boolean {
  return absent.has(name.toLowerCase());
}

/** The function that has this name elsewhere, or null. */
export function foreignName(name: string): string | null {
  const key = name.toLowerCase();
  return Object.hasOwn(foreign, key) ? foreign[key] : null;
}

/** How what is a function elsewhere is written, or null. */
export function foreignSpelling(name: string): string | null {
  return Object.hasOwn(spellings, name) ? spellings[name] : null;
}
