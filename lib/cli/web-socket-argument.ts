import { InvalidArgumentError } from 'commander';

/** Parses the URL of a WebSocket, `ws://localhost:8787`. */
export function webSocketUrl(value: string): string {
  const { protocol = '', hash = '' } = URL.canParse(value) ? new URL(value) : {};
  if (/^wss?:$/.test(protocol) && hash === '') return value;
  throw new InvalidArgumentError('As in ws://localhost:8787 or wss://example.org/camera.');
}
