/** The subprotocol that a host with a token offers first. A server that understands tokens answers with it. */
export const PROTOCOL = 'openmv';
const TOKEN_PREFIX = 'openmv.token.';

/**
 * Encodes a token as subprotocols. A page can't send headers with a WebSocket, and URLs are kept in histories and logs. The token is in
 * base64, because a subprotocol may not contain every character.
 */
export function withToken(token: string): string[] {
  const bytes = new TextEncoder().encode(token);
  const base64 = btoa(String.fromCharCode(...bytes));
  return [PROTOCOL, TOKEN_PREFIX + base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')];
}

/** Finds the token among the subprotocols that a host offers. Returns its bytes, or `undefined`. */
export function tokenIn(protocols: Iterable<string>): Uint8Array | undefined {
  for (const protocol of protocols) {
    if (!protocol.startsWith(TOKEN_PREFIX)) continue;
    const base64 = protocol.slice(TOKEN_PREFIX.length).replaceAll('-', '+').replaceAll('_', '/');
    try {
      return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    } catch {
      return undefined;
    }
  }
  return undefined;
}
