import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { nextPicture } from './support/angular-page.js';
import { launchBrowser } from './support/page.js';

describe('npm run angular', () => {
  it('serves the page, with a camera to look at', async () => {
    const words = ['run', 'angular', '--', '--port', '0', '--no-live-reload'];
    const child = spawn('npm', words, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
    const browser = await launchBrowser();
    try {
      let said = '';
      let url: string | undefined;
      for await (const text of child.stderr.setEncoding('utf8')) {
        said += text as string;
        url = /Local:\s+(http:\S+)/.exec(said)?.[1];
        if (url !== undefined) break;
      }
      if (url === undefined) throw new Error(`it has ended: ${said}`);
      const page = await browser.newPage();
      await page.goto(`${url}?demo`);
      await nextPicture(page);
    } finally {
      await browser.close();
      if (child.exitCode === null) {
        const ended = once(child, 'exit');
        process.kill(-child.pid!, 'SIGINT');
        await ended;
      }
    }
  }, 180_000);
});
