import { once } from 'node:events';
import { rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Connection, Transport } from 'openmv-rx';
import { faulty } from 'openmv-rx/testing';
import { VirtualCamera } from 'openmv-rx/virtual';
import { serialPort } from 'openmv-rx/serialport';
import { tcp } from 'openmv-rx/tcp';
import { udp } from 'openmv-rx/udp';
import { webSocket } from 'openmv-rx/websocket';
import { AsyncSubject, fromEvent, map, type Observable, takeUntil } from 'rxjs';
import { WebSocket, WebSocketServer } from 'ws';
import { temporaryFolder } from './pty.js';
import { BrowserBench } from './support/browser.js';
import { fiveFrames, type Seen } from './support/five-frames.js';
import { type Printing, startPrinting } from './support/printed-lines.js';

/** What every way has to bring. */
const expected: Seen = {
  frames: Array.from({ length: 5 }, () => ({ width: 160, height: 120, format: 'jpeg' })),
  quality: 50,
};
const SIZE = { width: 160, height: 120 };

describe('the same program', () => {
  let folder: string;
  let pty: string;
  let camera: Printing;
  let byTcp: [host: string, port: number];
  let byUdp: [host: string, port: number];
  let sockets: WebSocketServer;
  let url: string;

  beforeAll(async () => {
    folder = temporaryFolder();
    pty = join(folder, 'camera');
    const words = ['--pty', pty, '--tcp', '0', '--udp', '0', '--size', '160x120', '--fps', '100'];
    camera = startPrinting('virtual', ...words);
    await camera.line('pty');
    byTcp = addressOf((await camera.line('tcp'))['tcp']!);
    byUdp = addressOf((await camera.line('udp'))['udp']!);

    sockets = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    sockets.on('connection', (socket) => {
      const attached = new VirtualCamera({ ...SIZE, framesPerSecond: 100 }).attach(overWebSocket(socket));
      socket.once('close', () => attached.unsubscribe());
    });
    await once(sockets, 'listening');
    url = `ws://127.0.0.1:${(sockets.address() as AddressInfo).port}/`;
  });

  afterAll(async () => {
    await camera.end();
    sockets.clients.forEach((client) => client.terminate());
    sockets.close();
    rmSync(folder, { recursive: true });
  });

  const memory = (): Transport => new VirtualCamera({ ...SIZE, framesPerSecond: 100 }).transport();

  it.each<[string, () => Transport]>([
    ['memory', memory],
    ['a faulty cable', () => faulty(memory(), { loss: 0.02, damage: 0.02, duplicate: 0.02, chunk: 500, seed: 7 })],
    ['a serial port, polled', () => serialPort(pty, { io: 'polled' })],
    ['a serial port, stock', () => serialPort(pty, { io: 'stock' })],
    ['TCP', () => tcp(...byTcp)],
    ['UDP', () => udp(...byUdp)],
    ['a WebSocket', () => webSocket(url, { WebSocket })],
  ])('takes five frames and writes a value over %s', async (_, transport) => {
    expect(await fiveFrames(transport())).toEqual(expected);
  });

  describe.each(['page', 'worker'] as const)('in a %s of Chromium', (where) => {
    let bench: BrowserBench;
    beforeAll(async () => {
      bench = await BrowserBench.start(where);
    });
    afterAll(() => bench.close());

    it('takes five frames and writes a value over a WebSocket', async () => {
      expect(await (await bench.webSocket(url)).fiveFrames()).toEqual(expected);
    });

    it('takes five frames and writes a value over Web Serial', async () => {
      bench.putSerialIn(url);
      expect(await (await bench.webSerial()).fiveFrames()).toEqual(expected);
    });
  });
});

function addressOf(place: string): [string, number] {
  const { hostname, port } = new URL(`http://${place}`);
  return [hostname, Number(port)];
}

function overWebSocket(socket: WebSocket): Connection {
  return {
    bytes$: fromEvent(socket, 'message').pipe(
      map((message) => new Uint8Array((message as MessageEvent<Buffer>).data)),
      takeUntil(fromEvent(socket, 'close')),
    ),
    write: (bytes): Observable<never> => {
      const done = new AsyncSubject<never>();
      socket.send(bytes, () => done.complete());
      return done;
    },
  };
}
