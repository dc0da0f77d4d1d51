import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { tokenIn } from '../../transport/websocket/token.js';
import { CloseCode, type Closing } from './closing.js';

/** The rules for hosts that want the camera. */
export interface Access {
  /** The token that a host needs. Default: none. */
  readonly token?: string;
  /** The origins of pages that may connect, besides pages of this computer. */
  readonly origins: readonly string[];
}

/** Returns why a request is refused, or `undefined` if it is allowed. */
export function refusal(
  { headers }: Pick<IncomingMessage, 'headers'>,
  { token, origins }: Access,
): Closing | undefined {
  const { origin, 'sec-websocket-protocol': protocols = '' } = headers;
  // Browsers let any page open a WebSocket to anywhere, and send the page's origin. Other programs send none.
  if (origin !== undefined && !isOfThisComputer(origin) && !origins.includes(origin))
    return {
      code: CloseCode.FOREIGN_ORIGIN,
      reason: `pages from ${origin} may not connect: start the bridge with --allow-origin`,
    };
  if (token === undefined) return undefined;
  const offered = tokenIn(protocols.split(',').map((protocol) => protocol.trim()));
  if (offered === undefined) return { code: CloseCode.WRONG_TOKEN, reason: 'a token is needed' };
  return isSame(offered, token) ? undefined : { code: CloseCode.WRONG_TOKEN, reason: 'wrong token' };
}

/** Accepts `http://localhost:8080` and the like: pages that this computer serves may use its camera. */
function isOfThisComputer(origin: string): boolean {
  return /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(origin);
}

/** Compares in constant time, which reveals neither the length nor a matching beginning. */
function isSame(offered: Uint8Array, token: string): boolean {
  const digest = (data: Uint8Array | string): Buffer => createHash('sha256').update(data).digest();
  return timingSafeEqual(digest(offered), digest(token));
}
