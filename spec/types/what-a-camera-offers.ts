import { readFileSync } from 'node:fs';
import { misjudged } from './compiled.js';

/** That of a camera, and that of calls of another library. */
const documents = ['docs/what-a-camera-offers.md', 'docs/from-the-python-sdk.md'];

/** The calls of each row: the last cell of a line of a table. */
const cells = documents
  .flatMap((document) => readFileSync(document, 'utf8').split('\n'))
  .filter((line) => line.startsWith('|') && !/^\| (?:what |there |-)/.test(line))
  .map(
    (line) =>
      line
        .split(/(?<!\\)\|/)
        .at(-2)
        ?.trim() ?? '',
  );

const entries: Readonly<Record<string, string>> = {
  'openmv-rx': 'core',
  'openmv-rx/profile': 'profile',
  'openmv-rx/widgets': 'widgets',
  'openmv-rx/serialport': 'serialport',
};

const head = [
  ...Object.entries(entries).map(([path, name]) => `import * as ${name} from '${path}';`),
  'declare const camera: core.Camera; declare const channel: core.Channel<Uint8Array>;',
].join(' ');

/** A line of a program that compiles where what a span of code names is there; nothing for what names no export. */
function use(span: string, entry: string, receiver: string): string | undefined {
  // An option of the command line.
  if (span.startsWith('--')) return undefined;
  const member = /^((?:camera|channel)(?:\.\w+\$?)*)/.exec(span)?.[1] ?? /^(\.\w+)\(/.exec(span)?.[1];
  if (member !== undefined) return `void ${member.startsWith('.') ? receiver + member : member};`;
  const [, made, name = '', behind] = /^(new )?([A-Za-z]\w*)([(<]?)/.exec(span) ?? [];
  if (/^[A-Z_]+$/.test(name)) return undefined;
  if (behind === '<' && /^[A-Z]/.test(name)) return `let it: ${entry}.${name}<never>;`;
  const named = made !== undefined || behind !== '' || /^[A-Z]/.test(name);
  return named ? `void ${entry}.${name};` : undefined;
}

function uses(cell: string): string[] {
  const lines: string[] = [];
  let receiver = '';
  // A run of spans may be said to be of an entry.
  for (const [run, , path = 'openmv-rx'] of cell.matchAll(/((?:`[^`]+`(?:, )?)+)(?: of `(openmv-rx\/[\w-]+)`)?/g)) {
    for (const [, span = ''] of run.matchAll(/`([^`]+)`/g)) {
      if (span in entries) continue;
      const words = cell.startsWith('codecs') && /^\w+$/.test(span) ? `${span}(` : span;
      const line = use(words, entries[path] ?? path, receiver);
      receiver = /^(camera\.\w+)\.\w+\(/.exec(span)?.[1] ?? receiver;
      if (line !== undefined) lines.push(line);
      for (const [, inner = ''] of span.matchAll(/pipe\((\w+)\(/g)) lines.push(`void core.${inner};`);
    }
  }
  return lines;
}

describe('what the tables of calls say', () => {
  it('is read: each row has a call', () => {
    expect(cells.length).toBeGreaterThan(65);
    expect(uses('`camera.profile.mode(…)`, `.event(1)`')).toEqual([
      'void camera.profile.mode;',
      'void camera.profile.event;',
    ]);
    expect(uses('`listCameras()`, `watchCameras()` of `openmv-rx/serialport`')).toEqual([
      'void serialport.listCameras;',
      'void serialport.watchCameras;',
    ]);
    expect(uses('codecs `text`, `Codec<T>`; and `cbor<T>()` of `openmv-rx/widgets`')).toEqual([
      'void core.text;',
      'let it: core.Codec<never>;',
      'void widgets.cbor;',
    ]);
  });

  it('is there: each name is exported by the entry that it is said to be of, or a member of its object', () => {
    const compile = [...new Set(cells.flatMap(uses))];
    expect(compile.length).toBeGreaterThan(65);
    const reject = ['void core.toRgb;', 'void core.cbor;', 'void camera.frames;', 'let it: core.Codecs<never>;'];
    expect(misjudged(head, { compile, reject })).toEqual([]);
  });
});
