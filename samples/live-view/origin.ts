import { type IncomingMessage } from 'node:http';

const thisComputer = /^(localhost|127\.0\.0\.1)(:\d+)?$/;

/**
 * Returns true if the request's Host header names this computer. This refuses pages of another name that resolves to the
 * loopback address ("DNS rebinding").
 */
export function isForThisComputer({ headers }: IncomingMessage): boolean {
  return thisComputer.test(headers.host ?? '');
}

/** Returns true if the page that this server delivered opens the WebSocket. Browsers let any page open one to any address. */
export function isFromThisPage({ headers }: IncomingMessage): boolean {
  return headers.origin === `http://${headers.host ?? ''}`;
}
