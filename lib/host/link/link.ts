import { AsyncSubject, filter, finalize, Observable, type SchedulerLike, Subject, Subscription, tap } from 'rxjs';
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
import { Status } from '../../wire/status.js';
import { LinkCapabilities } from './capabilities.js';
import { CommandQueue } from './command-queue.js';
import { type Command, commands } from './command.js';
import { exchange } from './exchange/exchange.js';
import type { ExchangeEffect, ExchangeInput, Outcome } from './exchange/state.js';
import { type Batch, commandInWords, endOf, interruptedBy, Job, type Reply } from './job.js';
import { ReplyWait } from './reply-wait.js';
import type { WaitLimits } from './round-trip.js';
import { Sender } from './sender.js';
import { traced, type Tracer } from './trace.js';
import { SendWindow } from './send-window.js';

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
  readonly #queue = new CommandQueue<Batch>();
  readonly #capabilities = new LinkCapabilities();
  /** What happens to the exchange besides the packets that arrive. */
  readonly #inputs$ = new Subject<ExchangeInput>();
  /** The rest of an unfinished packet was lost. */
  readonly #packetLost$ = new Subject<void>();
  /** The rest of an unfinished reply was lost. */
  readonly #replyLost$ = new Subject<void>();
  /** Chunks and inputs wait for each other: a write may bring the next bytes before it returns. */
  readonly #turn = inTurn((work: () => void) => work());
  /** The command that is alone on the wire. */
  #active: Job | undefined;
  /** The commands that are on the wire together. */
  readonly #window = new SendWindow();
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
        if (this.#isSent(job)) return;
        this.#queue.remove(job);
        job.drop();
      });
      this.#queue.push(job, mustBeSent);
      this.#serve();
    });
  }

  /**
   * Sends commands together, in one write (PROTOCOL 5a), and returns their replies. Hot: they are queued at the call, and run to their end
   * even if nobody subscribes. Each must have exactly one packet as its reply. The replies replay; they error as those of `request`.
   *
   * With `isolated` set, a command whose reply was lost errors with `OUTCOME_UNKNOWN`, and one that arrived damaged with `NAK` and
   * the status `CHECKSUM`, even if it could be repeated.
   */
  burst(channel: number, burst: readonly Command[], timeoutMs: number): Observable<Reply>[] {
    const pairs = burst.map((command) => {
      const reply$ = new AsyncSubject<Reply>();
      return { reply$, job: new Job(command, timeoutMs, reply$) };
    });
    const jobs = pairs.map(({ job }) => job);
    if (this.#over === undefined) {
      this.#queue.push({ channel, jobs }, true);
      this.#serve();
    } else for (const job of jobs) job.fail(new OpenMVError('LINK_LOST', this.#over));
    return pairs.map(({ reply$ }) => reply$);
  }

  /** The most bytes of a burst's commands, with the ACKs behind them. 0 if commands can't share the wire: its packets must keep their order. */
  get burstBytes(): number {
    return this.#connection.isOrdered === false ? 0 : SendWindow.bytes(this.capabilities);
  }

  /** True if bursts lost packets within the last seconds. */
  get isLossy(): boolean {
    return this.#sender.isLossy;
  }

  /** The number of packets that were seen to be lost or damaged. */
  get losses(): number {
    return this.#sender.losses;
  }

  /** The quickest recent round trip, in milliseconds. */
  get roundTripMs(): number {
    return this.#wait.quickestMs;
  }

  /** Counts a frame that was lost because UNLOCK was sent before all of it had arrived. */
  countLostFrame(): void {
    this.#tracer.statistics.lostFrames++;
  }

  /** Ends every command, because their session is over. No command is sent before the next `synchronise`. */
  abort(reason: string): void {
    this.#over = reason;
    const sent = [...(this.#active === undefined ? [] : [this.#active]), ...this.#window.clear()];
    const waiting = this.#queue.clear().flatMap(({ jobs }) => jobs);
    this.#rest.unsubscribe();
    this.#active = undefined;
    this.#wait.stop();
    this.#input({ type: 'abandon' });
    for (const job of waiting) job.fail(interruptedBy(job.command, false, reason));
    for (const job of sent) job.fail(interruptedBy(job.command, job.sends > 0, reason));
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
        this.#write(effect);
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

  #write(effect: ExchangeEffect & { type: 'write' }): void {
    const active = this.#active;
    if (active !== undefined) for (const { isCopy } of effect.commands) this.#wait.sent(isCopy);
    // A command that is alone on the wire may wait behind a ping, which is written in its name.
    this.#sender.write((command) => active ?? this.#window.get(command), effect);
  }

  #heardReply({ packet, isFirst }: ExchangeEffect & { type: 'deliver' }): void {
    const now = this.#wait.heard(isFirst, (packet.flags & Flag.RTX) !== 0);
    if (isFirst && this.#active !== undefined) this.#active.answeredAt = now;
  }

  #settle({ command, outcome, counter, restMs }: ExchangeEffect & { type: 'settle' }): void {
    const job = this.#window.remove(command) ?? this.#active;
    if (job === undefined) return;
    if (job === this.#active) this.#active = undefined;
    else this.#answered(job, outcome);
    if (this.#window.size === 0) this.#wait.stop();
    this.#capabilities.ended(command, outcome);
    if (command.opcode === Opcode.PROTO_SYNC) this.#over = undefined;
    this.#sender.ended(job, counter);
    if (restMs > 0) this.#rest = this.#scheduler.schedule(() => this.#resume(), restMs);
    job.end(outcome, this.#scheduler.now());
    this.#serve();
  }

  /** A command that shared the wire has ended. */
  #answered(job: Job, outcome: Outcome): void {
    job.answeredAt = this.#scheduler.now();
    if (outcome.kind === 'unknown' || outcome.kind === 'damaged') this.#sender.lost();
    else if (job.isFirst && job.sends === 1) this.#wait.measured(job.answeredAt - job.startedAt);
    if (outcome.kind === 'data') job.command.into?.set(outcome.message.payload);
  }

  /** Starts what the queue has: a command that needs the wire for itself, or more commands that share it. */
  #serve(): void {
    while (this.#active === undefined && this.#over === undefined && this.#rest.closed) {
      const batch = this.#queue.next;
      if (batch === undefined) return;
      const { jobs } = batch;
      // A burst shares the wire. So does any short command while a burst is on it.
      const isBurst = jobs.some(({ command }) => command.isolated === true);
      const isShared = isBurst || (this.#window.size > 0 && jobs.every(({ command }) => SendWindow.admits(command)));
      if (isBurst && SendWindow.refuses(batch, this.capabilities)) {
        this.#queue.take();
        for (const job of jobs) job.fail(notSent(job.command));
        continue;
      }
      if (isShared ? !this.#window.fits(batch, this.capabilities) : this.#window.size > 0) return;
      this.#queue.take();
      if (isShared) this.#launch(batch);
      else if (jobs[0] !== undefined) this.#start(jobs[0]);
    }
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

  #launch({ jobs }: Batch): void {
    if (jobs[0] !== undefined) jobs[0].isFirst = true;
    for (const job of jobs) {
      this.#window.add(job);
      job.startedAt = this.#scheduler.now();
      if (!job.isLimited) this.#limit(job);
    }
    // If this turn aborts the session, the commands must not be sent.
    this.#turn(() => {
      const commands = jobs.map(({ command }) => command).filter((one) => this.#window.get(one) !== undefined);
      if (commands.length > 0) this.#inputs$.next({ type: 'launch', commands });
    });
  }

  #isSent(job: Job): boolean {
    return this.#active === job || this.#window.get(job.command) === job;
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
    if (!this.#isSent(job)) {
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

function notSent(command: Command): OpenMVError {
  const message = `${commandInWords(command)} was not sent: the size of the camera's packets has changed`;
  return new OpenMVError('NAK', message, { status: Status.OVERFLOW });
}
