import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { disconnect } from '../../../lib/cli/bridge/closing.js';

describe('disconnect', () => {
  let server: WebSocketServer;
  let port: number;

  beforeEach(async () => {
    server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const told = async (reason: string): Promise<string> => {
    server.once('connection', (host) => {
      host.pause();
      disconnect(host, { code: 4502, reason });
    });
    const [code, said] = (await once(new WebSocket(`ws://127.0.0.1:${port}`), 'close')) as [number, Buffer];
    expect(code).toBe(4502);
    return said.toString();
  };

  it('sends the reason to a host, even to one that is paused', async () => {
    expect(await told('the camera went away')).toBe('the camera went away');
  });

  it('shortens the reason to what a close frame can hold, in whole characters', async () => {
    for (const letter of ['a', 'ü', '€', '🎥'])
      for (const prefix of ['', 'x', 'xx', 'xxx']) {
        const reason = await told(prefix + letter.repeat(124));
        expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
        expect(Buffer.byteLength(reason)).toBeGreaterThan(123 - 4);
        expect(reason).toMatch(new RegExp(`^${prefix}(${letter})+…$`, 'u'));
      }
    expect(await told('a'.repeat(123))).toBe('a'.repeat(123));
  });

  it('waits only briefly for a host that does not answer', async () => {
    const gone = new Promise<number>((resolve) => {
      server.once('connection', (host) => {
        const from = performance.now();
        disconnect(host, { code: 4502, reason: 'over' });
        host.once('close', () => resolve(performance.now() - from));
      });
    });
    const deaf = connect(port, '127.0.0.1');
    deaf.on('error', () => undefined);
    deaf.write(
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    expect(await gone).toBeGreaterThan(900);
    deaf.destroy();
  });
});
