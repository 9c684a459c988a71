// Runs one script of this folder under Node 24 after installing what is missing: node scripts/run.mjs scripts/NAME.ts [arguments].
import { ensureInstalled, InstallError, installFailedCode, projectRoot, runNode24 } from "./bootstrap.mjs";

try {
  await ensureInstalled(projectRoot);
  process.exitCode = await runNode24(projectRoot, process.argv.slice(2), { cwd: projectRoot });
} catch (error) {
  if (!(error instanceof InstallError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = installFailedCode;
}
