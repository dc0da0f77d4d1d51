import { release } from 'node:os';
import { type Subscription } from 'rxjs';
import { type Camera, type CameraInfo, traceLine } from '../../index.js';
import { infoRecord } from '../commands/info.js';
import type { Check } from './check.js';

const MOST_LINES = 20_000;
/** The facts that identify one camera. */
const PRIVATE: ReadonlySet<string> = new Set(['deviceId', 'cpuId']);

/**
 * Gathers the facts for a bug report: versions, the system, the checks with port paths and process names, the camera's
 * information, and packet headers. It contains no pictures, text or channel values. Serial numbers in paths and hosts in addresses
 * are masked.
 */
export class Report {
  readonly #checks: Check[] = [];
  readonly #hosts: readonly string[];
  readonly #trace: string[] = [];
  #info: Record<string, unknown> | undefined;

  /** @param hosts more words to mask: the camera's host, however it is written */
  constructor(hosts: readonly string[] = []) {
    this.#hosts = hosts.filter((host) => host !== '');
  }

  add(check: Check): void {
    this.#checks.push(check);
  }

  get checks(): readonly Check[] {
    return this.#checks;
  }

  describe(info: CameraInfo): void {
    const facts = Object.entries(infoRecord(info)).filter(([name]) => !PRIVATE.has(name));
    this.#info = Object.fromEntries(facts);
  }

  /** Records the trace of the link, with the headers and lengths of packets. Holds the last 20 000 entries. */
  follow(camera: Camera): Subscription {
    return camera.trace$.subscribe((entry) => {
      this.#trace.push(traceLine(entry));
      if (this.#trace.length > MOST_LINES) this.#trace.splice(0, MOST_LINES / 2);
    });
  }

  /** The report as JSON. */
  text(version: string): string {
    const report = {
      versions: { 'openmv-rx': version, node: process.version },
      system: { platform: process.platform, release: release(), architecture: process.arch },
      checks: this.#checks,
      camera: this.#info,
      trace: this.#trace,
    };
    const text = JSON.stringify(
      report,
      (_, value: unknown) => (typeof value === 'string' ? masked(value, this.#hosts) : value),
      2,
    );
    return `${text}\n`;
  }
}

const MASK = '***';

/** Masks serial numbers in paths, as in `/dev/serial/by-id/…` and `cu.usbmodem…`, and hosts in addresses. */
function masked(text: string, hosts: readonly string[]): string {
  const known = text
    .replaceAll(/(\/serial\/by-id\/)[^\s,;:)]+/g, `$1${MASK}`)
    .replaceAll(/\b((?:cu|tty)\.usb(?:modem|serial)-?)[^\s,;:)]+/g, `$1${MASK}`)
    .replaceAll(/\b((?:tcp|udp|wss?):\/\/)(?:\[[^\]\s]*\]|[^\s/:,;]+)/g, `$1${MASK}`);
  return hosts.reduce((rest, host) => rest.replaceAll(host, MASK), known);
}
