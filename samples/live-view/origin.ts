import { type IncomingMessage } from 'node:http';

const thisComputer = /^(localhost|127\.0\.0\.1)(:\d+)?$/;

/**
 * Whether a request names this computer as the one it is for. A page of another name that was made to resolve to the
 * loopback address ("DNS rebinding") does not.
 */
export function isForThisComputer({ headers }: IncomingMessage): boolean {
  return thisComputer.test(headers.host ?? '');
}

/** Whether a WebSocket is opened by the page that was served here: browsers let every page open one to anywhere. */
export function isFromThisPage({ headers }: IncomingMessage): boolean {
  return headers.origin === `http://${headers.host ?? ''}`;
}
