import { Backoff } from '../net/backoff';
import { EVENT_NAMES, type EventName, type StreamEvents } from './events';

export type StreamState = 'connecting' | 'live' | 'lost';

export interface Listener {
  state(state: StreamState): void;
  event<K extends EventName>(name: K, data: StreamEvents[K]): void;
}

/**
 * One EventSource for everything. The browser resumes by itself, with the id of the last event;
 * only when it gives up for good is a new one made, resumed by the same id.
 */
export class Stream {
  private readonly backoff = new Backoff();
  private readonly listener: Listener;
  private readonly top: string;
  private source: EventSource | undefined;
  private lastId = '';

  constructor(top: number, listener: Listener) {
    this.top = String(top);
    this.listener = listener;
    this.open();
  }

  private open(): void {
    const query = new URLSearchParams({ top: this.top });
    if (this.lastId) query.set('last_event_id', this.lastId);
    const source = new EventSource(`/api/events?${query}`);
    source.onopen = () => {
      this.backoff.reset();
      this.listener.state('live');
    };
    source.onerror = () => this.failed(source);
    for (const name of EVENT_NAMES) {
      source.addEventListener(name, (message: MessageEvent<string>) => this.hear(name, message));
    }
    this.source = source;
  }

  private hear(name: EventName, message: MessageEvent<string>): void {
    if (message.lastEventId) this.lastId = message.lastEventId;
    this.listener.event(name, JSON.parse(message.data || 'null') as StreamEvents[EventName]);
  }

  private failed(source: EventSource): void {
    this.listener.state('lost');
    if (source.readyState !== EventSource.CLOSED || source !== this.source) return;
    this.source = undefined;
    setTimeout(() => this.open(), this.backoff.next());
  }
}
