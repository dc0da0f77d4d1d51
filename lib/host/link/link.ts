import { filter, finalize, Observable, type SchedulerLike, Subject, Subscription, tap } from 'rxjs';
import { OpenMVError } from '../../errors.js';
import { acknowledge, acknowledgement } from '../../operators/acknowledge.js';
import { decode } from '../../operators/decode.js';
import { inTurn } from '../../operators/in-turn.js';
import { reassemble } from '../../operators/reassemble.js';
import type { Connection } from '../../transport/transport.js';
import { Flag } from '../../wire/flags.js';
import { Opcode } from '../../wire/opcode.js';
import type { Discarded, Header, Packet } from '../../wire/packet.js';
import type { Capabilities } from '../../wire/payloads/index.js';
import type { Message } from '../../wire/reassembler.js';
import { LinkCapabilities } from './capabilities.js';
import { CommandQueue } from './command-queue.js';
import { type Command, commands } from './command.js';
import { exchange } from './exchange/exchange.js';
import type { ExchangeEffect, ExchangeInput } from './exchange/state.js';
import { commandInWords, endOf, interruptedBy, Job, type Reply } from './job.js';
import { ReplyWait } from './reply-wait.js';
import type { WaitLimits } from './round-trip.js';
import { Sender } from './sender.js';
import { traced, type Tracer } from './trace.js';

/** After this many repeats of a command, the rest of an unfinished packet is given up as lost. */
const REPEATS_BEFORE_GIVING_UP = 2;

/** Times of a link, in milliseconds. */
interface LinkLimits extends WaitLimits {
  /** Extra time for a silent camera after a command's deadline. */
  readonly openTimeoutMs: number;
}

/**
 * One connection: its received bytes become replies and events, and its commands are sent in turn.
 *
 *     bytes$ ─▶ decode ─▶ acknowledge ─▶ exchange ─▶ perform ─▶ reassemble ─▶ route ─▶ events
 *                             │             ▲  effects │                        │       by channel: Session
 *     write ◀─────────────────┴─────────────┼──────────┤                        │
 *                                           └─ inputs$ ┴── queue, timers        │ replies
 *                                                 ▲─────────────────────────────┘
 *
 * The exchange decides; the link performs: it owns the queue, the timers and the writes.
 */
export class Link {
  /**
   * The camera lost the session, and only a SYNC helps. Emits the cause. The owner of the link then aborts it and synchronises.
   */
  readonly sessionLost$ = new Subject<string>();

  readonly #connection: Connection;
  readonly #scheduler: SchedulerLike;
  readonly #tracer: Tracer;
  readonly #limits: LinkLimits;
  readonly #sender: Sender;
  readonly #wait: ReplyWait;
  readonly #queue = new CommandQueue<Job>();
  readonly #capabilities = new LinkCapabilities();
  /** What happens to the exchange besides the packets that arrive. */
  readonly #inputs$ = new Subject<ExchangeInput>();
  /** The rest of an unfinished packet was lost. */
  readonly #packetLost$ = new Subject<void>();
  /** The rest of an unfinished reply was lost. */
  readonly #replyLost$ = new Subject<void>();
  /** Chunks and inputs wait for each other: a write may bring the next bytes before it returns. */
  readonly #turn = inTurn((work: () => void) => work());
  #active: Job | undefined;
  /** The pause behind a command that was sent more than once. */
  #rest = Subscription.EMPTY;
  #heardAt = 0;
  /** Why there is no session, while there is none. */
  #over: string | undefined;

  constructor(connection: Connection, scheduler: SchedulerLike, tracer: Tracer, limits: LinkLimits) {
    this.#connection = connection;
    this.#scheduler = scheduler;
    this.#tracer = tracer;
    this.#limits = limits;
    this.#sender = new Sender(connection, scheduler, tracer);
    this.#wait = new ReplyWait(scheduler, limits, (forMs) => this.#input({ type: 'silence', forMs }));
  }

  /**
   * Runs the link while subscribed to, and emits the camera's events. Never completes. Its end ends every command, with
   * `OUTCOME_UNKNOWN` if the command was sent and cannot be repeated, else with `LINK_LOST`.
   */
  run(): Observable<Message> {
    return this.#chunks().pipe(
      decode({ giveUp$: this.#packetLost$, crc: () => this.#capabilities.fillsCrcs(this.#active?.command) }),
      traced(this.#tracer),
      acknowledge((ack) => this.#sender.acknowledge(ack)),
      exchange(this.#inputs$),
      this.#performed(),
      reassemble({ giveUp$: this.#replyLost$, into: () => this.#active?.command.into }),
      this.#routed(),
      finalize(() => this.#close()),
    );
  }

  /**
   * Sends a command when its turn comes, and emits its reply. Cold, one-shot. Unsubscribing removes a command from the queue;
   * one that was sent runs to its end unobserved.
   *
   * Errors: `NAK` with the status; `TIMEOUT` when the deadline, counted from the subscription, is over, or `OUTCOME_UNKNOWN`
   * if the command may have been executed and cannot be repeated; `MALFORMED` if the reply is longer than allowed; `LINK_LOST`;
   * `QUEUE_FULL`.
   *
   * @param mustBeSent whether it waits for its turn without a deadline, and enters a full queue
   */
  request(command: Command, timeoutMs: number, mustBeSent = false): Observable<Reply> {
    return new Observable((subscriber) => {
      const job = new Job(command, timeoutMs, subscriber);
      if (this.#over !== undefined) {
        job.fail(new OpenMVError('LINK_LOST', this.#over));
        return;
      }
      if (!mustBeSent) this.#limit(job);
      subscriber.add(() => {
        if (this.#active === job) return;
        this.#queue.remove(job);
        job.drop();
      });
      this.#queue.push(job, mustBeSent);
      this.#serve();
    });
  }

  /** Ends every command, because their session is over. No command is sent before the next `synchronise`. */
  abort(reason: string): void {
    this.#over = reason;
    const active = this.#active;
    const waiting = this.#queue.clear();
    this.#rest.unsubscribe();
    this.#active = undefined;
    this.#wait.stop();
    this.#input({ type: 'abandon' });
    for (const job of waiting) job.fail(interruptedBy(job.command, false, reason));
    active?.fail(interruptedBy(active.command, active.sends > 0, reason));
  }

  /**
   * Begins a new session: repeats SYNC until the camera answers, so that both counters are 0 and the capabilities the
   * defaults. Cold. Completes when the camera has answered; errors with `TIMEOUT`.
   */
  synchronise(timeoutMs: number): Observable<Reply> {
    return new Observable((subscriber) => {
      this.abort('a new session begins');
      this.#packetLost$.next();
      this.#replyLost$.next();
      this.#inputs$.next({ type: 'begin' });
      this.#sender.forget();
      const job = new Job(commands.sync(), timeoutMs, subscriber);
      this.#limit(job);
      this.#start(job);
    });
  }

  /** The capabilities that the camera was set to since the last SYNC; `undefined` until then. */
  get capabilities(): Capabilities | undefined {
    return this.#capabilities.held;
  }

  /** The received chunks. The next one waits until everything that this one causes is done. */
  #chunks(): Observable<Uint8Array> {
    return new Observable((subscriber) =>
      this.#connection.bytes$.subscribe({
        next: (chunk) =>
          this.#turn(() => {
            this.#heardAt = this.#scheduler.now();
            this.#tracer.statistics.receivedBytes += chunk.length;
            subscriber.next(chunk);
          }),
        error: (error: unknown) => subscriber.error(error),
        complete: () => subscriber.complete(),
      }),
    );
  }

  /** Carries out the effects of the exchange and emits the packets that it delivers. */
  #performed() {
    return (effects$: Observable<ExchangeEffect>): Observable<Packet> =>
      new Observable((subscriber) => {
        const error = (cause: unknown): void => subscriber.error(cause);
        return effects$.subscribe({
          next: (effect) => {
            try {
              this.#perform(effect);
            } catch (cause) {
              error(cause);
            }
            if (effect.type === 'deliver') subscriber.next(effect.packet);
          },
          error,
          complete: () => subscriber.complete(),
        });
      });
  }

  /** Hands replies to the exchange and emits the events. */
  #routed() {
    return (messages$: Observable<Message | Discarded>): Observable<Message> =>
      messages$.pipe(
        filter((message) => message.kind === 'message'),
        tap((message) => {
          if (!isEvent(message)) this.#inputs$.next({ type: 'message', message });
        }),
        filter((message) => isEvent(message)),
      );
  }

  #input(input: ExchangeInput): void {
    this.#turn(() => this.#inputs$.next(input));
  }

  #perform(effect: ExchangeEffect): void {
    switch (effect.type) {
      case 'write':
        for (const { isCopy } of effect.commands) this.#wait.sent(isCopy);
        this.#sender.write(this.#active, effect);
        break;
      case 'acknowledge':
        this.#sender.acknowledge(acknowledgement(effect.header));
        break;
      case 'deliver':
        if (!isEvent(effect.packet)) this.#heardReply(effect);
        break;
      case 'give-up':
        this.#packetLost$.next();
        this.#replyLost$.next();
        break;
      case 'wait':
        if (effect.repeats >= REPEATS_BEFORE_GIVING_UP) this.#packetLost$.next();
        this.#wait.wait(effect);
        break;
      case 'late':
        this.#wait.late();
        break;
      case 'resume':
        this.#resume();
        break;
      case 'resynchronise':
        this.sessionLost$.next(effect.cause);
        break;
      case 'settle':
        this.#settle(effect);
        break;
    }
  }

  #heardReply({ packet, isFirst }: ExchangeEffect & { type: 'deliver' }): void {
    const now = this.#wait.heard(isFirst, (packet.flags & Flag.RTX) !== 0);
    if (isFirst && this.#active !== undefined) this.#active.answeredAt = now;
  }

  #settle({ command, outcome, counter, restMs }: ExchangeEffect & { type: 'settle' }): void {
    const job = this.#active;
    this.#active = undefined;
    this.#wait.stop();
    if (job === undefined) return;
    this.#capabilities.ended(command, outcome);
    if (command.opcode === Opcode.PROTO_SYNC) this.#over = undefined;
    this.#sender.ended(job, counter);
    if (restMs > 0) this.#rest = this.#scheduler.schedule(() => this.#resume(), restMs);
    job.end(outcome, this.#scheduler.now());
    this.#serve();
  }

  #serve(): void {
    if (this.#active !== undefined || this.#over !== undefined || !this.#rest.closed) return;
    const job = this.#queue.take();
    if (job !== undefined) this.#start(job);
  }

  #resume(): void {
    if (this.#rest.closed) return;
    this.#rest.unsubscribe();
    this.#serve();
  }

  #start(job: Job): void {
    this.#active = job;
    job.startedAt = this.#wait.begin();
    if (!job.isLimited) this.#limit(job);
    // If this turn aborts the session, the command must not be sent.
    this.#turn(() => {
      if (this.#active === job) this.#inputs$.next({ type: 'start', command: job.command });
    });
  }

  #limit(job: Job): void {
    job.limit(this.#scheduler.schedule(() => this.#deadline(job), job.timeoutMs));
  }

  /**
   * A command's deadline is over. A camera that sends bytes but no answer has lost its session. A silent camera may only be
   * late: the subscriber gets its error now, but the session waits longer.
   */
  #deadline(job: Job): void {
    const { timeoutMs } = job;
    const name = commandInWords(job.command);
    if (this.#active !== job) {
      this.#queue.remove(job);
      job.fail(
        new OpenMVError(
          'TIMEOUT',
          `${name} was not sent within ${timeoutMs} ms: the camera does not answer earlier commands`,
        ),
      );
      return;
    }
    job.fail(endOf(job.command, 'TIMEOUT', `the camera did not answer ${name} within ${timeoutMs} ms`));
    if (job.command.opcode === Opcode.PROTO_SYNC) return;
    const lost = (): void => this.sessionLost$.next(`${name} timed out`);
    if (this.#scheduler.now() - this.#heardAt < timeoutMs / 2) lost();
    else job.limit(this.#scheduler.schedule(lost, this.#limits.openTimeoutMs));
  }

  #close(): void {
    this.abort('the link to the camera is closed');
    this.#wait.dispose();
    this.sessionLost$.complete();
  }
}

function isEvent({ flags }: Header): boolean {
  return (flags & Flag.EVENT) !== 0;
}
