import type { Connection, Transport } from '../../lib/transport/transport.js';
import { type FarEnd, opening, type Opening, type Way } from './far-end.js';

/** An opening with its two ends. */
export interface Joined extends Opening {
  readonly near: Connection;
  readonly far: FarEnd;
}

/** What the parts of the contract work with. */
export interface TestBed {
  readonly way: Way;
  /** Closed after the test. */
  readonly open: (transport?: Transport) => Opening;
  readonly joined: () => Promise<Joined>;
}

/** A way for each test, made before it and taken down after it, with all that the test has opened. */
export function testBed(setUp: () => Promise<Way>): TestBed {
  let way: Way;
  let openings: Opening[];

  beforeEach(async () => {
    openings = [];
    way = await setUp();
  });

  afterEach(async () => {
    openings.forEach(({ close }) => close());
    await way.dispose();
  });

  const open = (transport = way.transport): Opening => {
    const opened = opening(transport);
    openings.push(opened);
    return opened;
  };
  return {
    get way() {
      return way;
    },
    open,
    joined: async () => {
      const opened = open();
      const near = await opened.connection;
      return { ...opened, near, far: await way.farEnd() };
    },
  };
}
