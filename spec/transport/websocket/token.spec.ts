import { tokenIn, withToken } from '../../../lib/transport/websocket/token.js';

describe('withToken', () => {
  it.each(['a', 'letmein', 'with spaces, commas and "quotes"', 'ünïcödé 🎥', '?>?>?>', 'x'.repeat(1000)])(
    'encodes %j in the characters that a subprotocol may have',
    (token) => {
      const [protocol, said] = withToken(token);
      expect(protocol).toBe('openmv');
      expect(said).toBe(`openmv.token.${Buffer.from(token).toString('base64url')}`);
      expect(said).toMatch(/^[\w.-]+$/);
    },
  );
});

describe('tokenIn', () => {
  it('finds the token', () => {
    for (const token of ['a', 'ab', 'abc', 'abcd', 'ünïcödé 🎥'])
      expect(Buffer.from(tokenIn(new Set(withToken(token)))!).toString()).toBe(token);
  });

  it('finds nothing without a token, or in one that is malformed', () => {
    for (const protocols of [[], ['openmv'], ['chat', 'openmv'], ['openmv', 'openmv.token.a']])
      expect(tokenIn(protocols)).toBeUndefined();
  });
});
