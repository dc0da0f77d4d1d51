/** What the browser keeps for this page, or nothing where it keeps nothing, as for a person who has forbidden it. */
export function stored(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

export function store(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // It is a convenience.
  }
}
