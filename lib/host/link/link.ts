import { Observable, type SchedulerLike, Subject, Subscription } from 'rxjs';
import { OpenMVError } from '../../errors.js';
import { acknowledgement } from '../../operators/acknowledge.js';
import { inTurn } from '../../operators/in-turn.js';
import type { Connection } from '../../transport/transport.js';
import { Flag } from '../../wire/flags.js';
import { Opcode } from '../../wire/opcode.js';
import type { Packet } from '../../wire/packet.js';
import { type Capabilities, decodeCapabilities } from '../../wire/payloads/index.js';
import type { Message } from '../../wire/reassembler.js';
import { CommandQueue } from './command-queue.js';
import { type Command, commands } from './command.js';
import { type ExchangeEffect, type ExchangeInput, type ExchangeState, IDLE, type Outcome } from './exchange-state.js';
import { step } from './exchange.js';
import { commandInWords, endOf, interruptedBy, Job, type Reply } from './job.js';
import { receive } from './receive.js';
import { ReplyWait } from './reply-wait.js';
import type { WaitLimits } from './round-trip.js';
import { Sender } from './sender.js';
import type { Tracer } from './trace.js';

/** What the camera has been set to on one link, whoever still waits to hear that. */
export class LinkCapabilities {
  #held: Capabilities | undefined;

  /** What holds since the last SYNC; nothing while the camera was not told. */
  get held(): Capabilities | undefined {
    return this.#held;
  }

  /** A command has ended: a SYNC sets the camera back, and SET_CAPS sets it to what it says. */
  took({ opcode, payload }: Command, { kind }: Outcome): void {
    if (opcode === Opcode.PROTO_SYNC) this.#held = undefined;
    else if (opcode === Opcode.PROTO_SET_CAPS && kind === 'done') this.#held = decodeCapabilities(payload);
  }

  /**
   * Whether the camera fills CRCs. One that is told not to does so up to its answer: that may be lost, and what follows may
   * come in one chunk with it, so nothing is checked from the question on.
   */
  fillsCrcs(active: Command | undefined): boolean {
    if (active?.opcode === Opcode.PROTO_SET_CAPS && !decodeCapabilities(active.payload).crc) return false;
    return this.#held?.crc ?? true;
  }
}

/** Waits of a command after which the rest of an unfinished packet is given up as lost. */
const REPEATS_BEFORE_GIVING_UP = 2;
/** The refusals of copies come right behind the reply; where they do not, the copies were lost. */
const REFUSALS_COME_MS = 4;

/** Times of a link, in milliseconds. */
interface LinkLimits extends WaitLimits {
  /** Extra time for a silent camera after a command's deadline. */
  readonly openTimeoutMs: number;
}

/**
 * Runs the exchange over one connection: owns its timers, its writes and the order of its commands.
 *
 *     bytes$ ─▶ decode ─▶ acknowledge ─▶ accept ─▶ reassemble ─┬─▶ the command it replies to
 *                            │ intact      │ sequence          └─▶ events$
 *     write ◀────────────────┴──── exchange ◀── queue ◀── request()
 */
export class Link {
  /** Events of the camera, as they come. Hot; completes when the link closes. */
  readonly events$ = new Subject<Message>();
  /**
   * The camera and this link no longer agree on where they are, and only a SYNC helps. Emits why. Whoever owns the link
   * aborts it and synchronises.
   */
  readonly sessionLost$ = new Subject<string>();

  readonly #queue = new CommandQueue<Job>();
  readonly #sender: Sender;
  readonly #wait: ReplyWait;
  readonly #capabilities = new LinkCapabilities();
  readonly #giveUpPacket$ = new Subject<void>();
  readonly #giveUpRun$ = new Subject<void>();
  readonly #inTurn = inTurn((work: () => void) => work());
  #state: ExchangeState = IDLE;
  #active: Job | undefined;
  /** While no command is sent, for the refusals that are to come. */
  #rest = Subscription.EMPTY;
  #heardAt = 0;
  /** Why there is no session, while there is none. */
  #over: string | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly scheduler: SchedulerLike,
    private readonly tracer: Tracer,
    private readonly limits: LinkLimits,
  ) {
    this.#sender = new Sender(connection, scheduler, tracer);
    this.#wait = new ReplyWait(scheduler, limits, (forMs) => this.#input({ type: 'silence', forMs }));
  }

  /**
   * Runs the link while subscribed to. Emits nothing and never completes. Its end ends every command:
   * `OUTCOME_UNKNOWN` for what was sent and can't be repeated, else `LINK_LOST`.
   */
  run(): Observable<never> {
    return new Observable((subscriber) => {
      subscriber.add(() => this.#close());
      subscriber.add(
        this.connection.bytes$
          .pipe(
            receive({
              inTurn: this.#inTurn,
              heard: () => (this.#heardAt = this.scheduler.now()),
              answer: (bytes) => this.#sender.acknowledge(bytes),
              tracer: this.tracer,
              crc: () => this.#capabilities.fillsCrcs(this.#active?.command),
              accept: (packet) => this.#accept(packet),
              damaged: (header) => this.#step({ type: 'damaged', header }),
              into: () => this.#active?.command.into,
              giveUpPacket$: this.#giveUpPacket$,
              giveUpRun$: this.#giveUpRun$,
            }),
          )
          .subscribe({
            next: (message) => this.#route(message),
            error: (error: unknown) => subscriber.error(error),
          }),
      );
    });
  }

  /**
   * Sends a command when its turn comes and emits its reply. Cold, one-shot. Unsubscribing takes it out of the queue;
   * what is on the wire ends quietly.
   *
   * Errors: `NAK` with the status; `TIMEOUT` when the deadline, counted from the subscription, is over;
   * `OUTCOME_UNKNOWN` in its place where the command may have been executed and can't be repeated; `LINK_LOST`; `QUEUE_FULL`.
   *
   * @param mustBeSent whether it waits for its turn however long that takes, and in a full queue too
   */
  request(command: Command, timeoutMs: number, mustBeSent = false): Observable<Reply> {
    return new Observable((subscriber) => {
      const job = new Job(command, subscriber);
      if (this.#over !== undefined) {
        job.fail(new OpenMVError('LINK_LOST', this.#over));
        return;
      }
      job.timeoutMs = timeoutMs;
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

  /** Ends every command, for the session they belong to is over; none is served until there is another. */
  abort(reason: string): void {
    this.#over = reason;
    const active = this.#active;
    const waiting = this.#queue.clear();
    this.#rest.unsubscribe();
    this.#drop();
    for (const job of waiting) job.fail(interruptedBy(job.command, false, reason));
    active?.fail(interruptedBy(active.command, true, reason));
  }

  /**
   * Begins the session anew: SYNC until it is answered, so that both counters are 0 and the capabilities the defaults.
   * Cold. Completes when the camera answered; errors with `TIMEOUT`.
   */
  synchronise(timeoutMs: number): Observable<Reply> {
    return new Observable((subscriber) => {
      this.abort('a new session begins');
      this.#giveUpPacket$.next();
      this.#giveUpRun$.next();
      this.#state = IDLE;
      this.#sender.forget();
      const job = new Job(commands.sync(), subscriber);
      job.timeoutMs = timeoutMs;
      this.#limit(job);
      this.#start(job);
    });
  }

  /** What the camera has been set to since the last SYNC, whoever still waits to hear that; nothing while it is not. */
  get capabilities(): Capabilities | undefined {
    return this.#capabilities.held;
  }

  #accept(packet: Packet): boolean {
    const { sent } = this.#state;
    const accepted = this.#step({ type: 'packet', packet });
    if (accepted && (packet.flags & Flag.EVENT) === 0) {
      const first = sent?.packets === 0 && sent.sequence === packet.sequence && (packet.flags & Flag.NAK) === 0;
      const now = this.#wait.heard(first, (packet.flags & Flag.RTX) !== 0);
      if (first && this.#active !== undefined) this.#active.answeredAt = now;
    }
    return accepted;
  }

  #route(message: Message): void {
    if ((message.flags & Flag.EVENT) !== 0) this.events$.next(message);
    else this.#step({ type: 'message', message });
  }

  #serve(): void {
    if (this.#active !== undefined || this.#over !== undefined || !this.#rest.closed) return;
    const job = this.#queue.take();
    if (job !== undefined) this.#start(job);
  }

  #start(job: Job): void {
    this.#active = job;
    job.startedAt = this.#wait.begin();
    if (!job.isLimited) this.#limit(job);
    this.#input({ type: 'start', command: job.command });
  }

  #limit(job: Job): void {
    job.limit(this.scheduler.schedule(() => this.#deadline(job), job.timeoutMs));
  }

  #input(input: ExchangeInput): void {
    this.#inTurn(() => this.#step(input));
  }

  /** Whether the packet, where one was put in, is accepted. */
  #step(input: ExchangeInput): boolean {
    const { state, effects } = step(this.#state, input);
    this.#state = state;
    let accepted = false;
    for (const effect of effects) {
      if (effect.type === 'accept') accepted = true;
      else this.#do(effect);
    }
    return accepted;
  }

  #do(effect: Exclude<ExchangeEffect, { type: 'accept' }>): void {
    switch (effect.type) {
      case 'send':
        this.#wait.sent((this.#state.sent?.sends ?? 1) > 1);
        this.#sender.command(this.#active, effect);
        break;
      case 'acknowledge':
        this.#sender.acknowledge(acknowledgement(effect.header));
        break;
      case 'poke':
        this.#sender.poke(this.#active, effect);
        break;
      case 'give-up':
        this.#giveUpPacket$.next();
        this.#giveUpRun$.next();
        break;
      case 'wait':
        if (effect.repeats >= REPEATS_BEFORE_GIVING_UP) this.#giveUpPacket$.next();
        this.#wait.wait(effect);
        break;
      case 'late':
        this.#wait.late();
        if (this.#state.trailing !== 'copies') this.#endRest();
        break;
      case 'resynchronise':
        this.sessionLost$.next(effect.cause);
        break;
      case 'settle':
        this.#settle(effect.outcome);
        break;
    }
  }

  #settle(outcome: Outcome): void {
    const job = this.#active;
    this.#active = undefined;
    this.#wait.stop();
    if (job === undefined) return;
    this.#took(job.command, outcome);
    this.#sender.ended(job, this.#state.counter);
    if (this.#state.trailing === 'copies' && job.command.opcode !== Opcode.PROTO_SYNC)
      this.#rest = this.scheduler.schedule(() => this.#endRest(), REFUSALS_COME_MS);
    job.end(outcome, this.scheduler.now());
    this.#serve();
  }

  #endRest(): void {
    if (this.#rest.closed) return;
    this.#rest.unsubscribe();
    this.#serve();
  }

  #took(command: Command, outcome: Outcome): void {
    this.#capabilities.took(command, outcome);
    if (command.opcode === Opcode.PROTO_SYNC) this.#over = undefined;
    const { held } = this.#capabilities;
    if (held !== undefined) this.#state = { ...this.#state, acks: held.ack, sequenced: held.seq };
  }

  /** Nothing is waited for any more; what still comes is a straggler. */
  #drop(): void {
    this.#active = undefined;
    this.#wait.stop();
    this.#input({ type: 'abandon' });
  }

  /**
   * The command's time is over. A camera that speaks and does not answer has lost its session. One that is silent is
   * only late: it is waited for a while longer, though the command's subscriber is told now.
   */
  #deadline(job: Job): void {
    const { timeoutMs } = job;
    const name = commandInWords(job.command);
    if (this.#active !== job) {
      this.#queue.remove(job);
      job.fail(new OpenMVError('TIMEOUT', `${name} had no turn within ${timeoutMs} ms: the camera does not answer`));
      return;
    }
    job.fail(endOf(job.command, 'TIMEOUT', `the camera did not answer ${name} within ${timeoutMs} ms`));
    if (job.command.opcode === Opcode.PROTO_SYNC) return;
    const lost = (): void => this.sessionLost$.next(`${name} ran out of time`);
    if (this.scheduler.now() - this.#heardAt < timeoutMs / 2) lost();
    else job.limit(this.scheduler.schedule(lost, this.limits.openTimeoutMs));
  }

  #close(): void {
    this.abort('the link to the camera is closed');
    this.#wait.dispose();
    this.events$.complete();
    this.sessionLost$.complete();
  }
}
