/** Returns the value that the browser has stored for this page, or nothing if the user forbids storage. */
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
    // Ignore the error: storing is only a convenience.
  }
}
