import type { Page } from 'playwright-core';

/** A text that is hard to read. */
export interface Faint {
  readonly text: string;
  readonly contrast: number;
}

/** The texts on the page with a contrast below 4.5 to 1 to what is behind them, and how many were looked at. */
export function faintTexts(page: Page): Promise<{ readonly faint: readonly Faint[]; readonly texts: number }> {
  return page.evaluate(measure);
}

/** Runs in the page. What can't be used is left out, as the rule does (WCAG 2.2, 1.4.3), and so is what is on a picture. */
function measure(): { faint: Faint[]; texts: number } {
  type Colour = readonly [red: number, green: number, blue: number, alpha: number];
  const painter = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
  const colour = (css: string): Colour => {
    painter.clearRect(0, 0, 1, 1);
    painter.fillStyle = css;
    painter.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = painter.getImageData(0, 0, 1, 1).data;
    return [red!, green!, blue!, alpha!];
  };
  const luminance = ([red, green, blue]: Colour): number => {
    const [r, g, b] = [red, green, blue].map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const behind = (element: Element | null): Colour => {
    for (let at = element; at; at = at.parentElement) {
      const found = colour(getComputedStyle(at).backgroundColor);
      if (found[3] === 255) return found;
    }
    return [255, 255, 255, 255];
  };
  const opacity = (element: Element | null): number =>
    element === null ? 1 : Number(getComputedStyle(element).opacity) * opacity(element.parentElement);
  const contrast = (element: Element): number => {
    const [ground, share] = [behind(element), opacity(element)];
    const seen = colour(getComputedStyle(element).color).map((value, i) => value * share + ground[i]! * (1 - share));
    const [one, other] = [luminance(seen as unknown as Colour), luminance(ground)];
    return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  };

  const faint: Faint[] = [];
  let texts = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement!;
    const text = node.textContent!.trim();
    if (text === '' || !element.checkVisibility() || element.closest(':disabled:not(fieldset), script, style'))
      continue;
    texts++;
    const measured = contrast(element);
    if (measured < 4.5) faint.push({ text, contrast: Math.round(measured * 100) / 100 });
  }
  for (const field of document.querySelectorAll<HTMLInputElement>(':is(input, textarea, select):not(:disabled)')) {
    texts++;
    const measured = contrast(field);
    if (measured < 4.5) faint.push({ text: field.value, contrast: Math.round(measured * 100) / 100 });
  }
  return { faint, texts };
}
