import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { Arrivals, type FarEnd, greeting, type Way } from '../contracts/far-end.js';
import { transportContract } from '../contracts/transport-contract.js';
import { webSocketFarEnd } from '../transport/websocket/far-end.js';
import { BrowserBench } from './support/browser.js';

let bench: BrowserBench;
beforeAll(async () => {
  bench = await BrowserBench.start();
});
afterAll(() => bench.close());

async function serve(): Promise<{ server: WebSocketServer; url: string }> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

async function stop(server: WebSocketServer): Promise<void> {
  server.clients.forEach((client) => client.terminate());
  await new Promise((resolve) => server.close(resolve));
}

transportContract('webSocket in Chromium', async (): Promise<Way> => {
  const { server, url } = await serve();
  const arrivals = new Arrivals<FarEnd>();
  server.on('connection', (socket) => socket.once('message', () => arrivals.push(webSocketFarEnd(socket))));
  const closed = await serve();
  await stop(closed.server);
  return {
    transport: greeting(await bench.webSocket(url)),
    unavailable: await bench.webSocket(closed.url),
    secondOpening: 'independent',
    farEnd: () => arrivals.next(),
    dispose: () => stop(server),
  };
});

transportContract('webSerial in Chromium', async (): Promise<Way> => {
  const { server, url } = await serve();
  let far: FarEnd | undefined;
  server.on('connection', (socket: WebSocket) => (far = webSocketFarEnd(socket)));
  bench.putSerialIn(url);
  return {
    transport: await bench.webSerial(),
    unavailable: await bench.webSerial('broken'),
    secondOpening: 'refused',
    farEnd: () => Promise.resolve(far!),
    restore: () => {
      bench.plugIn(url);
      return Promise.resolve();
    },
    dispose: () => stop(server),
  };
});
