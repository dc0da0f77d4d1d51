import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { tokenIn } from '../../transport/websocket/token.js';
import { CloseCode, type Closing } from './closing.js';

/** The hosts that may have the camera. */
export interface Access {
  /** The token that a host has to know. Default: none. */
  readonly token?: string;
  /** The origins of pages that may have it, beside this computer. */
  readonly origins: readonly string[];
}

/** Why a request may not have the camera, or `undefined` if it may. */
export function refusal(
  { headers }: Pick<IncomingMessage, 'headers'>,
  { token, origins }: Access,
): Closing | undefined {
  const { origin, 'sec-websocket-protocol': protocols = '' } = headers;
  // Browsers let every page open a WebSocket to anywhere, and say where the page is from. Others say nothing.
  if (origin !== undefined && !isOfThisComputer(origin) && !origins.includes(origin))
    return {
      code: CloseCode.FOREIGN_ORIGIN,
      reason: `pages from ${origin} may not: start the bridge with --allow-origin`,
    };
  if (token === undefined) return undefined;
  const said = tokenIn(protocols.split(',').map((protocol) => protocol.trim()));
  if (said === undefined) return { code: CloseCode.WRONG_TOKEN, reason: 'a token is needed' };
  return isSame(said, token) ? undefined : { code: CloseCode.WRONG_TOKEN, reason: 'wrong token' };
}

/** `http://localhost:8080` and the like: what is served by this computer may use its camera. */
function isOfThisComputer(origin: string): boolean {
  return /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(origin);
}

/** In a time that does not tell how much of it was right, nor how long it is. */
function isSame(said: Uint8Array, token: string): boolean {
  const digest = (data: Uint8Array | string): Buffer => createHash('sha256').update(data).digest();
  return timingSafeEqual(digest(said), digest(token));
}
