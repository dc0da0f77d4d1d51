/** The subprotocol of a host that has a token, and what a server that knows about them answers with. */
export const PROTOCOL = 'openmv';
const TOKEN_PREFIX = 'openmv.token.';

/**
 * A token as subprotocols, in which a page can say something with the opening of a WebSocket. Unlike a URL they are not
 * kept in histories and logs. Base64, for not every character may stand there.
 */
export function withToken(token: string): string[] {
  const bytes = new TextEncoder().encode(token);
  const base64 = btoa(String.fromCharCode(...bytes));
  return [PROTOCOL, TOKEN_PREFIX + base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')];
}

/** The bytes of the token among the subprotocols that a host offers, or `undefined` if there is none. */
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
