/** What the spec tells the page. Bytes to write are binary messages, behind two numbers: the opening and the write. */
export type Order =
  | { readonly do: 'webSocket'; readonly id: number; readonly url: string; readonly token?: string }
  | { readonly do: 'webSerial'; readonly id: number; readonly named?: 'broken' }
  /** Puts another `navigator.serial` in, with a camera behind a WebSocket. */
  | { readonly do: 'serial'; readonly url: string; readonly worker: boolean }
  | { readonly do: 'plugIn'; readonly url: string }
  | { readonly do: 'open'; readonly id: number; readonly transport: number }
  | { readonly do: 'close'; readonly id: number }
  | { readonly do: 'fiveFrames'; readonly id: number; readonly transport: number };

/** What the page tells the spec. Bytes that came are binary messages, behind one number: the opening. */
export type Report =
  | { readonly what: 'made'; readonly id: number; readonly name: string }
  | { readonly what: 'opened'; readonly id: number }
  | { readonly what: 'ended'; readonly id: number; readonly failure: Failure }
  | { readonly what: 'completed'; readonly id: number }
  | { readonly what: 'written'; readonly id: number; readonly failure?: Failure }
  | { readonly what: 'seen'; readonly id: number; readonly seen?: object; readonly failure?: Failure };

export interface Failure {
  readonly code: string;
  readonly message: string;
}
