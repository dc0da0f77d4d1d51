/** Two items that belong together by their times. */
export interface Pair<A, B> {
  readonly kind: 'pair';
  readonly a: A;
  readonly b: B;
  /** How much later `b` is than `a`, in milliseconds; negative where it is earlier. */
  readonly differenceMs: number;
}

/**
 * An item that got no partner.
 *
 * - `alone`: no neighbour of the other stream is within the tolerance, or what is has a nearer partner;
 * - `crowded-out`: more items waited than the limit, and it was the oldest;
 * - `out-of-order`: it is earlier than the one before it in its own stream.
 */
export type Unpaired<A, B> = {
  readonly kind: 'unpaired';
  readonly reason: 'alone' | 'crowded-out' | 'out-of-order';
} & ({ readonly from: 'a'; readonly item: A } | { readonly from: 'b'; readonly item: B });

type Match<A, B> = Pair<A, B> | Unpaired<A, B>;

export interface PairingRules {
  readonly toleranceMs: number;
  readonly latenessMs: number;
  readonly maxWaiting: number;
}

/** An item in its place in time. */
type Timed<A, B> = { readonly at: number } & (
  { readonly from: 'a'; readonly item: A } | { readonly from: 'b'; readonly item: B }
);

/** What is known of a stream. */
interface Progress {
  /** The time of its last item. */
  last: number;
  /** Nothing earlier than this is waited for; `Infinity` when it has ended. */
  from: number;
}

/**
 * Pairs neighbours in time, one of each stream, the nearest first. Items wait until it is known what is nearest: each
 * stream is in order, and neither lags behind the other by more than `latenessMs`.
 */
export class TimePairing<A, B> {
  /** What is not decided yet, in the order of time. */
  readonly #waiting: Timed<A, B>[] = [];
  readonly #progress = { a: { last: -Infinity, from: -Infinity }, b: { last: -Infinity, from: -Infinity } };

  constructor(private readonly rules: PairingRules) {}

  push(timed: Timed<A, B>): Match<A, B>[] {
    const { at, from } = timed;
    const [own, other]: [Progress, Progress] = [this.#progress[from], this.#progress[opposite(from)]];
    // A time that is no number is in no order either.
    if (!(at >= own.last && Number.isFinite(at))) return [unpaired(timed, 'out-of-order')];
    own.last = at;
    own.from = Math.max(own.from, at);
    other.from = Math.max(other.from, at - this.rules.latenessMs);
    const behind = this.#waiting.findIndex((one) => one.at > at);
    this.#waiting.splice(behind < 0 ? this.#waiting.length : behind, 0, timed);
    const decided = this.#decided();
    const oldest = this.#crowdedOut(from);
    return oldest === undefined ? decided : [...decided, unpaired(oldest, 'crowded-out'), ...this.#decided()];
  }

  /** A stream has ended. */
  end(from: 'a' | 'b'): Match<A, B>[] {
    this.#progress[from].from = Infinity;
    return this.#decided();
  }

  /** Whether no further pair can come. */
  get over(): boolean {
    return (['a', 'b'] as const).some(
      (stream) => this.#progress[stream].from === Infinity && this.#waiting.every(({ from }) => from !== stream),
    );
  }

  /** What waits still, when nobody asks for pairs any more. */
  rest(): Match<A, B>[] {
    return this.#waiting.splice(0).map((timed) => unpaired(timed, 'alone'));
  }

  #crowdedOut(stream: 'a' | 'b'): Timed<A, B> | undefined {
    const own = this.#waiting.filter(({ from }) => from === stream);
    if (own.length <= this.rules.maxWaiting) return undefined;
    return this.#waiting.splice(this.#waiting.indexOf(own[0] as Timed<A, B>), 1)[0];
  }

  /** Whatever can be said by now, in the order of time. */
  #decided(): Match<A, B>[] {
    const decided: Match<A, B>[] = [];
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
   * What becomes of the first. Its neighbour may be nearer to the one behind, and that one nearer still to the next: from
   * the first gap on that is not wider than the one behind it, every other one is a pair's.
   */
  #verdict(): 'pair' | 'alone' | 'wait' {
    for (let at = 0, gap = Infinity; ; at++) {
      const next = this.#gapBehind(at);
      if (next.least >= gap) return at % 2 === 1 ? 'pair' : 'alone';
      if (!next.known) return 'wait';
      gap = next.least;
    }
  }

  /** How far it is from a waiting item to its partner behind it, at least; `Infinity` where none can be. */
  #gapBehind(at: number): { readonly least: number; readonly known: boolean } {
    const one = this.#waiting[at] as Timed<A, B>;
    const next = this.#waiting[at + 1];
    const { a, b } = this.#progress;
    const settled = next !== undefined && next.at <= Math.min(a.from, b.from);
    const partner = this.#waiting.find((other, index) => index > at && other.from !== one.from);
    const least = Math.min(partner?.at ?? Infinity, this.#progress[opposite(one.from)].from) - one.at;
    const gap = !settled ? least : next.from === one.from ? Infinity : next.at - one.at;
    return { least: gap > this.rules.toleranceMs ? Infinity : gap, known: settled };
  }
}

function opposite(stream: 'a' | 'b'): 'a' | 'b' {
  return stream === 'a' ? 'b' : 'a';
}

function pair<A, B>(first: Timed<A, B>, second: Timed<A, B>): Match<A, B> {
  const [a, b] = (first.from === 'a' ? [first, second] : [second, first]) as [Timed<A, never>, Timed<never, B>];
  return { kind: 'pair', a: a.item, b: b.item, differenceMs: b.at - a.at };
}

function unpaired<A, B>({ at: _, ...item }: Timed<A, B>, reason: Unpaired<A, B>['reason']): Match<A, B> {
  return { kind: 'unpaired', reason, ...item };
}
