import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** What a program did until it ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The live view as a user starts it: `npm start -- ...args`, in a process group of its own. */
export class Sample {
  private readonly child: ChildProcess;
  /** Settled when it has ended and all that it wrote was read. */
  private readonly closed: Promise<unknown>;
  private stdout = '';
  private stderr = '';

  constructor(...args: string[]) {
    this.child = spawn('npm', ['start', '--', ...args], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    this.closed = once(this.child, 'close');
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
  }

  /** Where the page is, as soon as it is served. */
  async url(): Promise<string> {
    for (;;) {
      const found = /http:\/\/localhost:\d+/.exec(this.stdout);
      if (found !== null) return found[0];
      if (this.child.exitCode !== null) throw new Error(`the sample ended: ${this.stderr}`);
      await Promise.race([once(this.child.stdout!, 'data'), this.closed]);
    }
  }

  async ended(): Promise<Ended> {
    await this.closed;
    return { code: this.child.exitCode, stdout: this.stdout, stderr: this.stderr };
  }

  /** Sends a signal to all of it, as Ctrl-C in a terminal does. */
  async end(signal: 'SIGINT' | 'SIGKILL' = 'SIGINT'): Promise<Ended> {
    if (this.child.exitCode === null && this.child.signalCode === null) process.kill(-this.child.pid!, signal);
    return this.ended();
  }
}
