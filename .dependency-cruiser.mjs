// Which room may import which: the import directions of docs/architecture.md, one line a room.

/** @typedef {{ room: string, from: string, may: string[], builtins?: boolean, anyPackage?: boolean }} Room */

const graph = "^src/graph/";
const ops = "^src/ops/";
const grammar = "^grammar/";
const compiler = "^src/compiler/";
const engine = "^src/engine/";
const data = "^src/data/";
const train = "^src/train/";
const analysis = "^src/analysis/";
const model = "^src/model\\.ts$";
const protocol = "^src/protocol\\.ts$";
const delivery = "^src/delivery\\.ts$";
const everythingInSrc = "^src/";

/** @param {string} name of an npm package */
const npm = (name) => `^node_modules/(@types/)?${name}/`;

/** @type {Room[]} A room may always import its own files. */
const rooms = [
  { room: "grammar", from: grammar, may: [npm("chevrotain")] },
  { room: "graph", from: graph, may: [] },
  { room: "ops", from: ops, may: [graph] },
  { room: "engine", from: engine, may: [ops, graph] },
  { room: "compiler", from: compiler, may: [grammar, ops, graph] },
  { room: "data", from: data, may: [graph, npm("papaparse"), npm("fflate")] },
  { room: "train", from: train, may: [data, engine, ops, graph] },
  { room: "analysis", from: analysis, may: [train, engine, ops, graph] },
  { room: "export", from: "^src/export/", may: [graph, ops] },
  { room: "language", from: "^src/language/", may: [compiler, grammar, ops, graph] },
  { room: "model", from: model, may: [compiler, train, data, engine, grammar, ops, graph] },
  { room: "protocol", from: protocol, may: [graph, ops, grammar, compiler, engine, data, train, analysis, "^src/language/", model] },
  { room: "delivery", from: delivery, may: [] },
  { room: "cli", from: "^cli/", may: [everythingInSrc, grammar, "^scripts/bootstrap\\.mjs$"], builtins: true, anyPackage: true },
  { room: "main", from: "^main/", may: [protocol, delivery], builtins: true, anyPackage: true },
  { room: "renderer", from: "^renderer/", may: [everythingInSrc, grammar], anyPackage: true },
];

/** @param {Room} room */
function ruleOf({ room, from, may, builtins, anyPackage }) {
  const allowed = [from, ...may];
  if (anyPackage) allowed.push("^node_modules/");
  return {
    name: `${room}-imports-only-what-it-may`,
    comment: `Imports go one way; ${room} may import: ${[...may, ...(anyPackage ? ["packages"] : [])].join(", ") || "nothing outside itself"}.`,
    severity: "error",
    from: { path: from },
    to: { pathNot: allowed, couldNotResolve: false, ...(builtins ? { dependencyTypesNot: ["core"] } : {}) },
  };
}

export default {
  forbidden: [
    ...rooms.map(ruleOf),
    {
      name: "no-unknown-rooms",
      comment: "A new room of src needs a line in the table above and in docs/architecture.md.",
      severity: "error",
      from: { path: everythingInSrc, pathNot: rooms.map(({ from }) => from) },
      to: {},
    },
    {
      name: "no-cycles",
      comment: "Files that import each other in a circle cannot be understood one at a time.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-missing-files",
      comment: "An import that resolves to nothing.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "no-development-packages-in-the-product",
      comment: "What runs for users must be in dependencies of package.json.",
      severity: "error",
      from: { path: "^(grammar|src|cli|main)/" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"], pathNot: "^node_modules/@types/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};
