import type { Notice, SharedState } from '../domain/ownership.ts';

/** Hears each notice of other agents once, as long as it stands in the database. */
export function createNotices(hear: (notice: Notice) => void) {
  const heard = new Set<string>();
  return (notices: SharedState['notices'], self: string): void => {
    const current = new Set(notices.map(({ id }) => id));
    for (const id of heard) if (!current.has(id)) heard.delete(id);
    for (const { id, sender, ...notice } of notices) {
      if (heard.has(id)) continue;
      heard.add(id);
      if (sender !== self) hear(notice);
    }
  };
}
