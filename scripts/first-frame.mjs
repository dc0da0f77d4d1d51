// Does what the quick start of README.md says, in an empty folder, up to the first frame, and prints how long each step takes.
// The commands, the program and its output are README's own. Exits 1, with the reason, if no frame arrives.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const DEADLINE_MS = 300_000;
const quickStart = /^## Quick start\n(.*?)^## /ms.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1] ?? '';

const inQuickStart = (what, pattern) => {
  const [, found] = pattern.exec(quickStart) ?? [];
  if (found === undefined) throw new Error(`the quick start of README.md has no ${what}`);
  return found;
};

/** Runs a command in a shell, to its end or to its first line on standard output. Resolves with what it printed there. */
function run(command, cwd, { firstLine = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, { cwd, shell: true, timeout: DEADLINE_MS, stdio: ['ignore', 'pipe', 'pipe'] });
    let [printed, complaints] = ['', ''];
    child.stderr.on('data', (text) => (complaints += text));
    child.stdout.on('data', (text) => {
      printed += text;
      if (firstLine && printed.includes('\n')) resolve(printed);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0 && !firstLine) resolve(printed);
      else reject(new Error(`${command} ended with ${code ?? 'a timeout'} and printed:\n${printed}${complaints}`));
    });
  });
}

const began = performance.now();

async function step(name, work) {
  const start = performance.now();
  const result = await work();
  process.stdout.write(`${seconds(start)}  ${name}\n`);
  return result;
}

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1).padStart(6)} s`;

const folder = mkdtempSync(join(tmpdir(), 'openmv-rx-first-frame-'));
try {
  const pack = inQuickStart('npm pack', /^(npm pack)$/m);
  const install = inQuickStart('npm install', /^(npm install PATH\/TO\/.*)$/m).replace('PATH/TO', folder);
  const file = inQuickStart('name for the program', /Save this program as `([^`]+)`/);
  const start = inQuickStart('command that runs the program', /^Run it with `([^`]+)`/m);
  const program = inQuickStart('program', /^```ts\n(.*?)^```$/ms);
  const output = inQuickStart('output', /^```text\n(.*?)^```$/ms);

  await step(pack, () => run(`${pack} --pack-destination ${folder}`, root));
  await step(install, () => run(install, folder));
  writeFileSync(join(folder, file), program);
  const printed = await step(`${start}, to the first frame`, () => run(start, folder, { firstLine: true }));
  if (!output.startsWith(printed.slice(0, printed.indexOf('\n') + 1)))
    throw new Error(`${file} printed this, which README.md does not show:\n${printed}`);
  process.stdout.write(`${seconds(began)}  in all\n`);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
