import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Site } from '../bridge/bridge.js';
import type { PageFile } from './page-files.js';

/** The path at which the page looks for the camera. */
const CAMERA = '/camera';

/** A page for this computer alone, and the camera for that page alone. */
export function pageSite(files: ReadonlyMap<string, PageFile>): Site {
  return {
    answer: (request, response) => answer(request, response, files),
    admits: (request) => request.url === CAMERA && isForThisComputer(request) && isFromThisPage(request),
  };
}

function answer(request: IncomingMessage, response: ServerResponse, files: ReadonlyMap<string, PageFile>): void {
  const file = files.get(request.url ?? '');
  if (!isForThisComputer(request)) response.writeHead(403).end();
  else if (file === undefined) response.writeHead(404).end();
  else if (request.method !== 'GET' && request.method !== 'HEAD') response.writeHead(405, { Allow: 'GET, HEAD' }).end();
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

/**
 * Tells whether a request names this computer as the one it is for. A page of another name that was made to resolve to the
 * loopback address ("DNS rebinding") does not.
 */
function isForThisComputer({ headers }: IncomingMessage): boolean {
  return /^(localhost|127\.0\.0\.1)(:\d+)?$/.test(headers.host ?? '');
}

/** Tells whether a WebSocket is opened by the page that was served here: browsers let every page open one to anywhere. */
function isFromThisPage({ headers }: IncomingMessage): boolean {
  return headers.origin === `http://${headers.host ?? ''}`;
}
