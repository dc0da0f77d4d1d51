const platform = globalThis.navigator as Navigator | undefined;

/** What the page is given as its platform. */
export function platformWith(navigator: object | undefined): void {
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
}

/** Puts it back. */
export function platformAgain(): void {
  platformWith(platform);
  Reflect.deleteProperty(globalThis, 'isSecureContext');
}
