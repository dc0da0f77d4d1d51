import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { pageSite } from '../../../lib/cli/commands/view.js';
import { collect, pattern } from '../../contracts/far-end.js';
import { BridgeBed } from '../bridge/bridge-bed.js';

const body = (words: string) => new TextEncoder().encode(words);

describe('the site of a camera', () => {
  let bed: BridgeBed;
  let port: string;
  beforeEach(async () => {
    const files = new Map([
      ['/', { type: 'text/html', body: body('<!doctype html>') }],
      ['/main.js', { type: 'text/javascript', body: body('run()') }],
    ]);
    bed = await BridgeBed.start({ site: pageSite(files) });
    port = new URL(bed.url).port;
  });
  afterEach(() => bed.end());

  async function asked(path: string, { method = 'GET', host = `localhost:${port}` } = {}) {
    const asking = request({ host: '127.0.0.1', port, path, method, headers: { host } }).end();
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    return { status: response.statusCode, headers: response.headers, body: await text(response) };
  }

  it('serves the page with its files, which may load nothing from other sites and may not be framed', async () => {
    const headers = {
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'self'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
    };
    expect(await asked('/')).toMatchObject({
      status: 200,
      body: '<!doctype html>',
      headers: { ...headers, 'content-type': 'text/html' },
    });
    expect(await asked('/main.js', { host: '127.0.0.1' })).toMatchObject({ status: 200, body: 'run()', headers });
  });

  it.each([
    ['HEAD', '/', 200],
    ['POST', '/', 405],
    ['GET', '/missing.js', 404],
    ['GET', '/../package.json', 404],
    ['GET', '/?a', 404],
    ['GET', '/camera', 404],
  ])('answers %s %s with %i and no body', async (method, path, status) => {
    expect(await asked(path, { method })).toMatchObject({ status, body: '' });
  });

  it.each(['camera.example', 'localhost.example:80', '192.168.1.5', 'localhost:80:80'])(
    'serves only this computer, and refuses the host "%s"',
    async (host) => {
      expect(await asked('/', { host })).toMatchObject({ status: 403, body: '' });
    },
  );

  it('serves the camera', async () => {
    const socket = new WebSocket(`ws://localhost:${port}/camera`, { origin: `http://localhost:${port}` });
    await once(socket, 'open');
    const there = collect(bed.camera.received$);
    socket.send(pattern(10));
    expect(await there.bytes(10)).toEqual(Buffer.from(pattern(10)));
    socket.close();
  });

  it.each([
    ['a page from elsewhere', '/camera', { origin: 'http://camera.example' }],
    ['a page of this computer from another port', '/camera', { origin: 'http://localhost:1' }],
    ['no page', '/camera', {}],
    ['another path', '/', { own: true }],
    ['another name for this computer', '/camera', { own: true, host: 'camera.example' }],
  ])('does not serve the camera to %s', async (_, path, { origin, own, host }: Foreign) => {
    const said = own ? `http://${host ?? `localhost:${port}`}` : origin;
    const socket = new WebSocket(`ws://localhost:${port}${path}`, {
      ...(said !== undefined && { origin: said }),
      ...(host !== undefined && { headers: { host } }),
    });
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('403');
    expect(bed.camera.openings).toBe(0);
  });
});

interface Foreign {
  readonly origin?: string;
  readonly own?: boolean;
  readonly host?: string;
}
