import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { type Browser, type Page } from 'playwright-core';
import { WebSocket } from 'ws';
import { parse, UsageError } from '../../samples/live-view/arguments.js';
import { frameAfter, launchBrowser, shown, state } from './support/page.js';
import { Sample } from './support/sample.js';
import { StandingPort } from './support/standing-port.js';

const confirmed = (page: Page, quality: number) => page.locator(`#confirmed[data-quality="${quality}"]`).waitFor();

describe('the live view', () => {
  let sample: Sample;
  /** Where the page is, whichever sample serves it. */
  let place: StandingPort;
  let url = '';
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  /** How often the camera has said that its configuration has changed. Those that follow one another are counted in a line. */
  const changes = async () => {
    const lines = await page.locator('#events > li').filter({ hasText: 'config: event 1' }).allInnerTexts();
    return lines.reduce((sum, line) => sum + Number(/ × (\d+)$/.exec(line)?.[1] ?? 1), 0);
  };

  const open = async () => {
    const opened = await browser.newPage();
    opened.on('pageerror', (error) => complaints.push(error.message));
    await opened.goto(url);
    return opened;
  };

  beforeAll(async () => {
    sample = new Sample('--listen', '0');
    place = await StandingPort.open();
    browser = await launchBrowser();
    place.leadTo(new URL(await sample.url()).port);
    url = `http://localhost:${place.port}`;
    page = await open();
  });

  afterAll(async () => {
    await browser.close();
    await sample.end();
    place.close();
  });

  it('shows pictures that change, and how many a second', async () => {
    await state(page, 'ready');
    await frameAfter(page, 0);
    const first = await shown(page);
    await frameAfter(page, first.index + 3);
    const later = await shown(page);
    expect(first).toMatchObject({ width: 320, height: 240 });
    expect(later.pixels).not.toBe(first.pixels);
    await page.waitForFunction(() => Number(document.querySelector('#fps')!.textContent) > 1);
  });

  it("shows the lines that the camera's script prints", async () => {
    await page.locator('#text > li').nth(1).waitFor();
    const printed = await page.locator('#text > li').allInnerTexts();
    for (const line of printed) expect(line).toMatch(/^frame \d+ – [\d.]+ fps ✓$/);
  });

  it('makes the next pictures smaller or larger with the slider, by keyboard too', async () => {
    const bytesAt = async (key: string, quality: number) => {
      await page.locator('#quality').press(key);
      await confirmed(page, quality);
      const { index } = await shown(page);
      await frameAfter(page, index + 2);
      return (await shown(page)).bytes;
    };
    const best = await bytesAt('End', 95);
    const worst = await bytesAt('Home', 5);
    expect(await page.locator('#confirmed').innerText()).toContain('5');
    expect(worst).toBeLessThan(best / 2);
  });

  it("shows the camera's events: that its configuration has changed", async () => {
    expect(await changes()).toBeGreaterThan(0);
  });

  it('ends at the last value of a fast move, and skips those that it overtook', async () => {
    const before = await changes();
    await page.locator('#quality').evaluate((slider: HTMLInputElement) => {
      for (let value = 10; value <= 80; value += 5) {
        slider.value = String(value);
        slider.dispatchEvent(new Event('input'));
      }
    });
    await confirmed(page, 80);
    // The first one, which was under way while the others came, and the last.
    expect((await changes()) - before).toBe(2);
  });

  it('counts events that repeat, in one line', async () => {
    const lines = () => page.locator('#events > li').filter({ hasText: 'config: event' }).count();
    const [linesBefore, before] = [await lines(), await changes()];
    await page.locator('#quality').evaluate((slider) => (slider as HTMLInputElement).focus());
    for (let times = 0; times < 5; times++) {
      await page.keyboard.press(times % 2 === 0 ? 'ArrowLeft' : 'ArrowRight');
      await confirmed(page, times % 2 === 0 ? 75 : 80);
    }
    expect((await changes()) - before).toBe(5);
    expect((await lines()) - linesBefore).toBeLessThan(3);
  });

  it('tells a second page that the first one has the camera, and gives it over when that is closed', async () => {
    const second = await open();
    await second.getByText('Another page or program is using the camera. Close it, and this page').waitFor();
    const { index } = await shown(page);
    await frameAfter(page, index);
    await page.close();
    await state(second, 'ready');
    await second.locator('#frame[data-frame-index]').waitFor();
    page = second;
  });

  it('shows that the camera is lost when the server is killed, and comes back with it', async () => {
    await sample.end('SIGKILL');
    place.leadTo();
    await page.locator('#frame[data-stale]').waitFor();
    await state(page, 'lost');
    expect(await page.locator('#reason').innerText()).not.toBe('');
    sample = new Sample('--listen', '0');
    place.leadTo(new URL(await sample.url()).port);
    await state(page, 'ready');
    const { index } = await shown(page);
    await page.waitForFunction(
      (before) => document.querySelector<HTMLElement>('#frame:not([data-stale])')?.dataset['frameIndex'] !== before,
      String(index),
    );
  });

  it('answers only to pages of its own', async () => {
    const { port } = new URL(url);
    const refused = async (path: string, headers: Record<string, string>) => {
      const asked = request({ host: '127.0.0.1', port, path, headers }).end();
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      response.resume();
      return response.statusCode;
    };
    expect(await refused('/', { host: 'camera.example' })).toBe(403);
    expect(await refused('/', { host: `localhost:${port}` })).toBe(200);

    for (const origin of ['http://camera.example', `http://localhost:1`, undefined]) {
      const socket = new WebSocket(`ws://localhost:${port}/camera`, origin === undefined ? {} : { origin });
      const [error] = (await once(socket, 'error')) as [Error];
      expect(error.message).toContain('403');
    }
  });

  it('says in one line that its HTTP port is in use', async () => {
    const { code, stderr } = await new Sample('--listen', new URL(url).port).ended();
    expect(code).toBe(1);
    expect(stderr).toContain(`port ${new URL(url).port} is in use`);
  });

  it('ends at Ctrl-C and lets go of its port', async () => {
    const own = await sample.url();
    await sample.end('SIGINT');
    await expect(fetch(own)).rejects.toThrow();
  });

  it('had nothing to complain about in the page', () => {
    expect(complaints).toEqual([]);
  });
});

describe('the live view without a page', () => {
  const lines = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('> '));

  it('prints a JSON line for each frame and one for all', async () => {
    const { code, stdout } = await new Sample('--frames', '20', '--json').ended();
    const facts = lines(stdout).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(code).toBe(0);
    expect(facts).toHaveLength(21);
    for (const frame of facts.slice(0, 20))
      expect(frame).toEqual({
        index: expect.any(Number) as number,
        width: 320,
        height: 240,
        format: 'jpeg',
        bytes: expect.any(Number) as number,
      });
    const bytes = facts.slice(0, 20).reduce((sum, frame) => sum + (frame['bytes'] as number), 0);
    expect(facts[20]).toEqual({
      frames: 20,
      bytes,
      seconds: expect.any(Number) as number,
      fps: expect.any(Number) as number,
    });
  });

  it('says the same to people', async () => {
    const { code, stdout } = await new Sample('--frames', '2').ended();
    expect(code).toBe(0);
    expect(lines(stdout)).toEqual([
      expect.stringMatching(/^frame \d+: 320 × 240 jpeg, \d+ bytes$/),
      expect.stringMatching(/^frame \d+: 320 × 240 jpeg, \d+ bytes$/),
      expect.stringMatching(/^2 frames, \d+ bytes in [\d.]+ s: [\d.]+ frames a second$/),
    ]);
  });

  it('says in one line that there is no such port', async () => {
    const { code, stdout, stderr } = await new Sample('--port', '/dev/no-such-port', '--frames', '2', '--json').ended();
    expect(code).toBe(1);
    expect(lines(stdout)).toEqual([]);
    expect(stderr.split('\n').filter((line) => line.startsWith('live-view: '))).toEqual([
      expect.stringContaining('/dev/no-such-port'),
    ]);
  });

  it('ends with exit code 2 and says how it is used when the command line makes no sense', async () => {
    const { code, stdout, stderr } = await new Sample('--nonsense').ended();
    expect(code).toBe(2);
    expect(lines(stdout)).toEqual([]);
    expect(stderr).toContain('Usage: npm start');
  });
});

describe("the live view's command line", () => {
  it('means a page for a virtual camera on port 8080 when it is empty', () => {
    expect(parse([])).toEqual({ port: undefined, task: { kind: 'page', listen: 8080 } });
  });

  it('takes what the usage says', () => {
    expect(parse(['--port', '/dev/ttyACM0', '--listen', '0'])).toEqual({
      port: '/dev/ttyACM0',
      task: { kind: 'page', listen: 0 },
    });
    expect(parse(['--frames', '20', '--json']).task).toEqual({ kind: 'frames', count: 20, json: true });
    expect(parse(['--frames', '1']).task).toEqual({ kind: 'frames', count: 1, json: false });
    expect(parse(['--help']).task).toEqual({ kind: 'help' });
  });

  it.each([
    [['--frames', 'none']],
    [['--frames', '0']],
    [['--frames', '1.5']],
    [['--frames']],
    [['--json']],
    [['--listen', '70000']],
    [['--listen', '-1']],
    [['--listen', '']],
    [['--port', '']],
    [['--frames', '2', '--listen', '8080']],
    [['--nonsense']],
    [['something']],
  ])('makes no sense as %j', (args) => {
    expect(() => parse(args)).toThrow(UsageError);
  });
});
