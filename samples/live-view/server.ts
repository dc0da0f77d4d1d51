import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Transport } from 'openmv-rx';
import { WebSocketServer, type WebSocket } from 'ws';
import { bundlePage, type PageFile } from './bundle.js';
import { isFromThisPage, isForThisComputer } from './origin.js';
import { relay } from './relay.js';

/** A page that is being served. */
export interface Server {
  readonly url: string;
  /** Closes the camera, the page and the port. */
  readonly close: () => void;
}

/**
 * Serves the page on this computer's loopback address, and at `/camera` the camera's bytes over a WebSocket.
 *
 * It serves one page at a time, and keeps the camera's port open only while that page is connected. Rejects when `port` is
 * in use.
 */
export async function serve(transport: Transport, port: number): Promise<Server> {
  const files = await bundlePage();
  const http = createServer((request, response) => {
    answer(request, response, files);
  });
  const sockets = new WebSocketServer({ noServer: true });
  http.on('upgrade', (request, socket, head) => {
    if (request.url === '/camera' && isForThisComputer(request) && isFromThisPage(request))
      sockets.handleUpgrade(request, socket, head, (page) => {
        sockets.emit('connection', page);
      });
    else socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
  });
  sockets.on('connection', oneAtATime(transport));

  http.listen(port, '127.0.0.1');
  await once(http, 'listening').catch((error: unknown) => {
    throw isInUse(error) ? new Error(`port ${port} is in use: choose another one with --listen PORT`) : error;
  });
  return {
    url: `http://localhost:${(http.address() as AddressInfo).port}`,
    close: () => {
      for (const page of sockets.clients) page.terminate();
      http.close();
      http.closeAllConnections();
    },
  };
}

function answer(request: IncomingMessage, response: ServerResponse, files: Map<string, PageFile>): void {
  const file = files.get(request.url ?? '');
  if (!isForThisComputer(request)) response.writeHead(403).end();
  else if (file === undefined) response.writeHead(404).end();
  else {
    response.writeHead(200, {
      'Content-Type': file.type,
      'Cache-Control': 'no-store',
      'Content-Security-Policy': "default-src 'self'; frame-ancestors 'none'",
      'X-Content-Type-Options': 'nosniff',
    });
    response.end(request.method === 'HEAD' ? undefined : file.body);
  }
}

/** Close codes of `openmv-rx bridge`, from the range for applications, so that a page can tell them from network errors. */
const busy = 4409;
const failed = 4502;

/** Connects one page to the camera, and tells every other page why it is refused. */
function oneAtATime(transport: Transport): (page: WebSocket) => void {
  let taken = false;
  let said = '';
  return (page) => {
    // A close follows every connection error, and ends the relay.
    page.on('error', () => undefined);
    if (taken) {
      page.close(busy, 'another page has the camera');
      return;
    }
    taken = true;
    relay(page, transport)
      .subscribe({
        error: (error: unknown) => {
          const message = messageOf(error);
          // The page retries, so don't repeat the same message.
          if (message !== said) console.error(`live-view: ${message}`);
          said = message;
          page.close(failed, closeReason(message));
        },
      })
      .add(() => (taken = false));
  };
}

/** A close reason is at most 123 bytes long. */
function closeReason(message: string): string {
  let reason = message;
  while (Buffer.byteLength(reason) > 123) reason = reason.slice(0, -1);
  return reason;
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

const isInUse = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
