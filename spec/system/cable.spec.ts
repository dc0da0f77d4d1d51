import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, existsSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { cablePorts, snippetsOf } from '../docs/snippet.js';
import { temporaryFolder } from './pty.js';

const [uart, usb] = cablePorts;
const programs = snippetsOf('docs/guide/device.md');
const serving = programs.find(({ code }) => code.includes(uart))!;
const reading = programs.find(({ code }) => code.includes(usb))!;

/** Both ends stay open here: socat ends when nobody has one open. */
const held: number[] = [];
const children: ChildProcess[] = [];
let folder: string;

beforeAll(async () => {
  folder = temporaryFolder();
  const ends = [join(folder, 'uart'), join(folder, 'usb')];
  children.push(
    spawn(
      'socat',
      ends.map((path) => `pty,raw,echo=0,link=${path}`),
    ),
  );
  for (const path of ends) {
    while (!existsSync(path)) await new Promise(setImmediate);
    held.push(openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK));
  }
});

afterAll(() => {
  children.forEach((child) => child.kill('SIGKILL'));
  held.forEach((descriptor) => closeSync(descriptor));
  rmSync(folder, { recursive: true });
});

/** Runs a program of the guide against the built package, at the ends of the cable. */
function start(code: string): ChildProcess & { readonly stdout: NodeJS.ReadableStream } {
  const here = code.replace(uart, join(folder, 'uart')).replace(usb, join(folder, 'usb'));
  const child = spawn(process.execPath, ['--input-type=module', '--eval', here], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return child;
}

describe('the programs of the guide at the two ends of a serial cable', () => {
  it('serve a value, and read and set it', async () => {
    const camera = start(serving.code);
    let served = '';
    camera.stdout.on('data', (printed) => (served += String(printed)));
    await once(camera.stdout, 'data');
    const host = start(reading.code);
    expect(await text(host.stdout)).toBe(reading.output);
    camera.kill();
    await once(camera, 'close');
    expect(served).toBe(serving.output);
  });
});
