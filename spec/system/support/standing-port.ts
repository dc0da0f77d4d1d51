import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';

/** A port of this computer that stays, and leads to whichever server is there now. A port that is freed anybody may take. */
export class StandingPort {
  #to: number | undefined;

  private constructor(private readonly server: Server) {}

  static async open(): Promise<StandingPort> {
    const server = createServer((near) => {
      near.on('error', () => undefined);
      if (standing.#to === undefined) {
        near.destroy();
        return;
      }
      const far = connect(standing.#to, '127.0.0.1');
      far.on('error', () => undefined);
      far.on('close', () => near.destroy());
      near.on('close', () => far.destroy());
      near.pipe(far).pipe(near);
    });
    const standing = new StandingPort(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return standing;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Where new connections lead from now on; without a port they are closed at once, as if nothing were there. */
  leadTo(port?: number | string): void {
    this.#to = port === undefined ? undefined : Number(port);
  }

  close(): void {
    this.server.close();
  }
}
