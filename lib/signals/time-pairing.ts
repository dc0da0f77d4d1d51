/** Two items that belong together by their times. */
export interface Pair<A, B> {
  readonly kind: 'pair';
  readonly a: A;
  readonly b: B;
  /** The time of `b` minus the time of `a`, in milliseconds. */
  readonly differenceMs: number;
}

/**
 * An item without a partner.
 *
 * - `alone`: no neighbour in the other stream is within the tolerance, or the neighbour has a nearer partner;
 * - `crowded-out`: more items than the limit waited, and this was the oldest;
 * - `out-of-order`: it is earlier than the item before it in its own stream.
 */
export type Unpaired<A, B> = {
  readonly kind: 'unpaired';
  readonly reason: 'alone' | 'crowded-out' | 'out-of-order';
} & ({ readonly from: 'a'; readonly item: A } | { readonly from: 'b'; readonly item: B });

type Pairing<A, B> = Pair<A, B> | Unpaired<A, B>;

export interface PairingRules {
  readonly toleranceMs: number;
  readonly latenessMs: number;
  readonly maxWaiting: number;
}

/** An item with its time. */
type Timed<A, B> = { readonly at: number } & (
  { readonly from: 'a'; readonly item: A } | { readonly from: 'b'; readonly item: B }
);

/** How far a stream has come. */
interface Progress {
  /** The time of its last item. */
  last: number;
  /** The earliest time that a further item can have; `Infinity` when the stream has ended. */
  from: number;
}

/**
 * Pairs neighbours in time, one of each stream, the nearest first. Items wait until their nearest neighbour is certain.
 * That follows from the order of each stream and from `latenessMs`, the most that one lags behind the other.
 */
export class TimePairing<A, B> {
  /** Items that are not decided yet, ordered by time. */
  readonly #waiting: Timed<A, B>[] = [];
  readonly #progress = { a: { last: -Infinity, from: -Infinity }, b: { last: -Infinity, from: -Infinity } };
  readonly #rules: PairingRules;

  constructor(rules: PairingRules) {
    this.#rules = rules;
  }

  push(timed: Timed<A, B>): Pairing<A, B>[] {
    const { at, from } = timed;
    const [own, other]: [Progress, Progress] = [this.#progress[from], this.#progress[opposite(from)]];
    // NaN has no order either.
    if (!(at >= own.last && Number.isFinite(at))) return [unpaired(timed, 'out-of-order')];
    own.last = at;
    own.from = Math.max(own.from, at);
    other.from = Math.max(other.from, at - this.#rules.latenessMs);
    const behind = this.#waiting.findIndex((one) => one.at > at);
    this.#waiting.splice(behind < 0 ? this.#waiting.length : behind, 0, timed);
    const decided = this.#decided();
    const oldest = this.#crowdedOut(from);
    return oldest === undefined ? decided : [...decided, unpaired(oldest, 'crowded-out'), ...this.#decided()];
  }

  /** Ends a stream. */
  end(from: 'a' | 'b'): Pairing<A, B>[] {
    this.#progress[from].from = Infinity;
    return this.#decided();
  }

  /** True if no further pair is possible. */
  get over(): boolean {
    return (['a', 'b'] as const).some(
      (stream) => this.#progress[stream].from === Infinity && this.#waiting.every(({ from }) => from !== stream),
    );
  }

  /** Removes the items that still wait, as unpaired. */
  rest(): Pairing<A, B>[] {
    return this.#waiting.splice(0).map((timed) => unpaired(timed, 'alone'));
  }

  #crowdedOut(stream: 'a' | 'b'): Timed<A, B> | undefined {
    const own = this.#waiting.filter(({ from }) => from === stream);
    if (own.length <= this.#rules.maxWaiting) return undefined;
    return this.#waiting.splice(this.#waiting.indexOf(own[0] as Timed<A, B>), 1)[0];
  }

  /** Removes all items whose partner is certain, ordered by time. */
  #decided(): Pairing<A, B>[] {
    const decided: Pairing<A, B>[] = [];
    for (;;) {
      const [first, second] = this.#waiting;
      if (first === undefined) return decided;
      const verdict = this.#verdict();
      if (verdict === 'wait') return decided;
      if (verdict === 'alone') decided.push(unpaired(first, verdict));
      else decided.push(pair(first, second as Timed<A, B>));
      this.#waiting.splice(0, verdict === 'pair' ? 2 : 1);
    }
  }

  /**
   * Decides on the first item. Its neighbour may be nearer to the following item, and that one nearer still to the next.
   * Gaps shrink up to the first one that is not wider than its successor: that gap is a pair, and so is every other gap
   * before it.
   */
  #verdict(): 'pair' | 'alone' | 'wait' {
    for (let at = 0, gap = Infinity; ; at++) {
      const next = this.#gapBehind(at);
      if (next.least >= gap) return at % 2 === 1 ? 'pair' : 'alone';
      if (!next.known) return 'wait';
      gap = next.least;
    }
  }

  /** The least distance from a waiting item to a later partner; `Infinity` if it can have none. `known` if it is exact. */
  #gapBehind(at: number): { readonly least: number; readonly known: boolean } {
    const one = this.#waiting[at] as Timed<A, B>;
    const next = this.#waiting[at + 1];
    const { a, b } = this.#progress;
    const settled = next !== undefined && next.at <= Math.min(a.from, b.from);
    const partner = this.#waiting.find((other, index) => index > at && other.from !== one.from);
    const least = Math.min(partner?.at ?? Infinity, this.#progress[opposite(one.from)].from) - one.at;
    const gap = !settled ? least : next.from === one.from ? Infinity : next.at - one.at;
    return { least: gap > this.#rules.toleranceMs ? Infinity : gap, known: settled };
  }
}

function opposite(stream: 'a' | 'b'): 'a' | 'b' {
  return stream === 'a' ? 'b' : 'a';
}

function pair<A, B>(first: Timed<A, B>, second: Timed<A, B>): Pairing<A, B> {
  const [a, b] = (first.from === 'a' ? [first, second] : [second, first]) as [Timed<A, never>, Timed<never, B>];
  return { kind: 'pair', a: a.item, b: b.item, differenceMs: b.at - a.at };
}

function unpaired<A, B>({ at: _, ...item }: Timed<A, B>, reason: Unpaired<A, B>['reason']): Pairing<A, B> {
  return { kind: 'unpaired', reason, ...item };
}
