import { refusal } from '../../../lib/cli/bridge/access.js';
import { withToken } from '../../../lib/transport/websocket/token.js';

const none = { origins: [] };
const saying = (token: string): string => withToken(token).join(', ');

describe('refusal, by origin,', () => {
  it.each([
    undefined,
    'http://localhost',
    'http://localhost:8080',
    'https://localhost',
    'http://127.0.0.1:3000',
    'http://[::1]:3000',
  ])('admits %s', (origin) => {
    expect(refusal({ headers: { ...(origin !== undefined && { origin }) } }, none)).toBeUndefined();
  });

  it.each([
    'https://example.org',
    'http://localhost.example.org',
    'http://example.org/localhost',
    'http://notlocalhost',
    'http://127.0.0.1.example.org',
    'http://user@localhost',
    'file://',
    'null',
    '',
  ])('refuses "%s", and says how to allow it', (origin) => {
    expect(refusal({ headers: { origin } }, none)).toEqual({
      code: 4403,
      reason: expect.stringContaining('--allow-origin') as string,
    });
  });

  it('admits the allowed origins, and nothing similar', () => {
    const access = { origins: ['https://example.org', 'null'] };
    for (const origin of ['https://example.org', 'null'])
      expect(refusal({ headers: { origin } }, access)).toBeUndefined();
    for (const origin of ['http://example.org', 'https://example.org:8443', 'https://www.example.org'])
      expect(refusal({ headers: { origin } }, access)).toMatchObject({ code: 4403 });
  });
});

describe('refusal, by token,', () => {
  const access = { origins: [], token: 'ünguessable' };
  const of = (protocols?: string) =>
    refusal({ headers: protocols === undefined ? {} : { 'sec-websocket-protocol': protocols } }, access);

  it('admits a host that sends the token', () => {
    expect(of(saying('ünguessable'))).toBeUndefined();
  });

  it.each(['unguessable', 'ünguessabl', 'ünguessablee', 'x'])('refuses a host that sends "%s"', (said) => {
    expect(of(saying(said))).toEqual({ code: 4401, reason: 'wrong token' });
  });

  it.each([undefined, '', 'openmv', 'chat, openmv'])('asks a host without a token for one (%s)', (protocols) => {
    expect(of(protocols)).toEqual({ code: 4401, reason: 'a token is needed' });
  });

  it('refuses a foreign page even with the token', () => {
    const headers = { origin: 'https://example.org', 'sec-websocket-protocol': saying('ünguessable') };
    expect(refusal({ headers }, access)).toMatchObject({ code: 4403 });
  });

  it('needs no token if none is set', () => {
    expect(refusal({ headers: { 'sec-websocket-protocol': saying('whatever') } }, none)).toBeUndefined();
  });
});
