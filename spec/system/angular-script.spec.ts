import { VirtualCamera } from 'openmv-rx/virtual';
import type { Locator, Page } from 'playwright-core';
import { bridged, type Bridged } from './support/angular-bridge.js';
import { AngularSite } from './support/angular-site.js';

describe('the script editor of the Angular sample', () => {
  let site: AngularSite;
  let camera: Bridged;
  let page: Page;
  let part: Locator;
  let editor: Locator;
  /** What the page asks the user, and what that says. */
  const asked: string[] = [];
  let answer = false;

  const status = (text: string) => part.getByRole('status').filter({ hasText: new RegExp(`^\\s*${text}\\s*$`) });
  const printed = (text: string | RegExp) => page.locator('omv-console').getByText(text).first().waitFor();
  const choose = (title: string) => part.getByRole('combobox', { name: 'Examples' }).selectOption({ label: title });
  const run = () => part.getByRole('button', { name: 'Run', exact: true }).click();
  const stop = async () => {
    await part.getByRole('button', { name: 'Stop', exact: true }).click();
    await status('Not running').waitFor();
  };

  beforeAll(async () => {
    site = await AngularSite.start();
    camera = await bridged(new VirtualCamera({ stdoutIntervalMs: false }).transport());
    page = await site.open({ query: camera.query });
    page.on('dialog', (dialog) => {
      asked.push(dialog.message());
      void (answer ? dialog.accept() : dialog.dismiss());
    });
    part = page.locator('omv-script');
    editor = part.getByRole('textbox', { name: 'Script' });
  });

  afterAll(async () => {
    camera.close();
    await site.close();
  });

  it('says whether a script runs, whoever has started it, and stops it', async () => {
    await status('Running').waitFor();
    await stop();
  });

  it('runs an example by keyboard, with values for what it declares, and its output is in the console', async () => {
    await choose('Count in a loop');
    await part.getByRole('textbox', { name: 'WORD' }).fill('lap "1"');
    await part.getByRole('textbox', { name: 'PAUSE' }).fill('0.05');
    await editor.press('Control+Enter');
    await printed('lap "1" 3');
    await status('Running').waitFor();
    expect(await editor.inputValue()).toContain('WORD = "round"');
  });

  it('runs another one while one runs', async () => {
    await editor.fill('# mine\nimport time\nwhile True:\n    print("the second")\n    time.sleep(0.05)\n');
    await run();
    await printed('the second');
    await status('Running').waitFor();
    await editor.fill('# mine\nimport time\nwhile True:\n    print("the third")\n    time.sleep(0.05)\n');
    // The order that is overtaken comes to nothing.
    await run();
    await run();
    await printed('the third');
    await status('Running').waitFor();
    await stop();
  });

  it('shows how far the upload is, and stops it', async () => {
    await editor.evaluate((field: HTMLTextAreaElement) => {
      field.value = `print("the long one")\n${`# ${'a long comment '.repeat(100)}\n`.repeat(500)}`;
      field.dispatchEvent(new Event('input'));
    });
    await page.evaluate(() => {
      const seen: number[] = [];
      new MutationObserver(() => {
        const bar = document.querySelector('omv-script progress');
        if (bar instanceof HTMLProgressElement && bar.position >= 0) seen.push(bar.position);
      }).observe(document.querySelector('omv-script')!, { subtree: true, childList: true, attributes: true });
      Object.assign(window, { seen });
    });
    await run();
    await printed('the long one');
    const seen = await page.evaluate(() => (window as unknown as { seen: number[] }).seen);
    expect(seen.filter((position) => position > 0 && position < 1).length).toBeGreaterThan(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    await part.getByRole('progressbar').waitFor({ state: 'detached' });

    await run();
    await part.getByRole('progressbar', { name: 'Upload' }).waitFor();
    await stop();
    await part.getByRole('progressbar').waitFor({ state: 'detached' });
  });

  it('says why the camera does not take a script', async () => {
    await editor.evaluate((field: HTMLTextAreaElement) => {
      field.value = `print("too long")\n${`# ${'a long comment '.repeat(100)}\n`.repeat(1000)}`;
      field.dispatchEvent(new Event('input'));
    });
    await run();
    await part.getByRole('alert').filter({ hasText: 'the camera refused' }).waitFor();
    await status('Not running').waitFor();
  });

  it('has an example with a slider, which is in the panel while it runs and whose value it prints', async () => {
    answer = true;
    await choose('A channel with a slider');
    answer = false;
    await run();
    await printed('gain 3');
    const slider = page
      .locator('omv-panel')
      .getByRole('group', { name: 'panel', exact: true })
      .getByRole('slider', { name: 'gain' });
    await slider.fill('7.5');
    await printed('gain is now 7.5');
    await printed('gain 7.5');
    await stop();
    await slider.waitFor({ state: 'detached' });
  });

  it('asks before an example takes the place of what the user has written', async () => {
    await editor.fill('print("my own")');
    await choose('Fail, and say where');
    expect(asked.at(-1)).toBe('Replace what you have written by this example?');
    expect(await editor.inputValue()).toBe('print("my own")');
    answer = true;
    await choose('Fail, and say where');
    expect(await editor.inputValue()).toContain('share = 12 / i');
  });

  it('marks the line that has failed, with the reason, until the script is changed', async () => {
    await part.getByRole('checkbox', { name: 'LOUD' }).uncheck();
    await run();
    const failure = part.getByRole('alert').filter({ hasText: 'ZeroDivisionError: divide by zero' });
    await failure.waitFor();
    await status('Not running').waitFor();
    const lines = (await editor.inputValue()).split('\n');
    const line = lines.indexOf('    share = 12 / i') + 1;
    const heights = await part.locator('.mark').evaluate((mark) => {
      const [top, frame] = [mark.getBoundingClientRect(), mark.parentElement!.getBoundingClientRect()];
      return { place: top.top - frame.top, line: top.height };
    });
    expect(Math.floor(heights.place / heights.line)).toBe(line - 1);

    await failure.getByRole('button', { name: `Line ${line}` }).click();
    expect(
      await editor.evaluate(({ value, selectionStart, selectionEnd }: HTMLTextAreaElement) =>
        value.slice(selectionStart, selectionEnd),
      ),
    ).toBe('    share = 12 / i');
    await editor.pressSequentially('    share = 12');
    await part.locator('.mark').waitFor({ state: 'detached' });
    await run();
    await failure.waitFor({ state: 'detached' });
    await stop();
  });

  it('says what is wrong with a declaration, and with a value', async () => {
    answer = true;
    await editor.fill('LEVEL = [1]  # param');
    await part.getByText('line 1 has a "# param" comment').waitFor();
    await editor.fill('LEVEL = 1  # param\nprint("level", LEVEL)');
    await part.getByRole('textbox', { name: 'LEVEL' }).fill('much');
    await run();
    await part.getByRole('alert').filter({ hasText: "the script's parameter LEVEL must be an integer" }).waitFor();
    await part.getByRole('textbox', { name: 'LEVEL' }).fill('');
    await run();
    await printed('level 1');
    await editor.fill('');
    await run();
    await part.getByRole('alert').filter({ hasText: 'the text of a script, which must not be empty' }).waitFor();
  });

  describe('by keyboard', () => {
    const focused = () => page.evaluate(() => document.activeElement?.tagName);

    it('indents, and undoes it', async () => {
      await editor.fill('if True:');
      await editor.press('End');
      await editor.press('Enter');
      await editor.pressSequentially('print(1)');
      await editor.press('Enter');
      await editor.press('Shift+Tab');
      await editor.pressSequentially('a');
      await editor.press('Tab');
      await editor.pressSequentially('# b');
      expect(await editor.inputValue()).toBe('if True:\n    print(1)\na   # b');
      await editor.press('Control+a');
      await editor.press('Tab');
      expect(await editor.inputValue()).toBe('    if True:\n        print(1)\n    a   # b');
      await editor.press('Shift+Tab');
      expect(await editor.inputValue()).toBe('if True:\n    print(1)\na   # b');
      await editor.press('Control+z');
      expect(await editor.inputValue()).toBe('    if True:\n        print(1)\n    a   # b');
    });

    it('is left by Tab behind Escape, both ways', async () => {
      await editor.press('Tab');
      expect(await focused()).toBe('TEXTAREA');
      await editor.press('Escape');
      await part.getByText('Tab leaves the script now').waitFor();
      await editor.press('Tab');
      expect(await focused()).toBe('BUTTON');
      await page.keyboard.press('Shift+Tab');
      expect(await focused()).toBe('TEXTAREA');
      await editor.press('Escape');
      await page.keyboard.press('Shift+Tab');
      expect(await focused()).toBe('SELECT');
    });
  });

  it('remembers the script for the next visit', async () => {
    await editor.fill('print("remembered")');
    await page.reload();
    await status('Running').or(status('Not running')).waitFor();
    expect(await editor.inputValue()).toBe('print("remembered")');
    await run();
    await printed('remembered');
  });

  it('had nothing to complain about in the page', () => {
    expect(site.complaints).toEqual([]);
  });
});
