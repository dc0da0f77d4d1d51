import { messageOf } from '../../errors.js';

/** Shows a page in the person's browser. That there is none is told, and no failure: the page can be opened by hand. */
export async function openBrowser(url: string): Promise<void> {
  try {
    const { default: open } = await import('open');
    await open(url);
  } catch (error) {
    process.stderr.write(`openmv-rx: no browser can be started (${messageOf(error)}): open ${url} yourself\n`);
  }
}
