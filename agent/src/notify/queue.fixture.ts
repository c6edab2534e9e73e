import type { NotificationMark, NotificationOutcome, QueuedNotification } from '../domain/notification.ts';
import { message, NOW } from './notify.fixture.ts';
import type { NotificationQueue } from './lane.ts';

type Entry = QueuedNotification & { nextAttemptAt: number };

/** The queue of one receiver in memory, one message a subject, ids from 1. */
export class MemoryQueue implements NotificationQueue {
  entries: Entry[];
  settled: string[] = [];
  released: string[] = [];
  active: NotificationMark[] = [];
  /** Reads that fail before one succeeds. */
  broken = 0;

  constructor(subjects: readonly string[], createdAt = NOW) {
    this.entries = subjects.map((subject, i) => ({
      id: i + 1,
      receiver: 'r',
      createdAt,
      attempts: 0,
      nextAttemptAt: createdAt,
      message: message({ subject }),
    }));
  }

  async dueNotifications(_receiver: string, now: number, limit: number) {
    if (this.broken-- > 0) throw new Error('the database is busy');
    const later = this.entries.filter(({ nextAttemptAt }) => nextAttemptAt > now).map((entry) => entry.nextAttemptAt);
    const items = this.entries.filter(({ nextAttemptAt }) => nextAttemptAt <= now).slice(0, limit);
    return { items, nextAt: later.length === 0 ? null : Math.min(...later) };
  }

  async settleNotification(id: number, outcome: NotificationOutcome) {
    this.settled.push(`${id} ${outcome.kind}`);
    const entry = this.entries.find((one) => one.id === id);
    if (entry && outcome.kind === 'retry') {
      entry.attempts += 1;
      entry.nextAttemptAt = outcome.nextAttemptAt;
    } else this.entries = this.entries.filter((one) => one !== entry);
  }

  async activeNotifications() {
    return this.active;
  }

  async releaseNotifications(receiver: string) {
    this.released.push(receiver);
  }

  async keepReceivers() {
    return { dropped: 0 };
  }
}
