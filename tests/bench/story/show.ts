// node show.ts STARTED_AT SEED: what showOnce answers, as JSON. A process of its own, since Jest's modules run three times as long.
import { HOUR } from '../../../agent/src/core/clock.ts';
import { showClean, showStory, type Showed } from './told.ts';

/** `clean`: what is said of the HPAs of the story where nothing of it happens. All others are the same with it and without. */
export type Shown = Showed & { clean: string[] };

function showOnce(startedAt: string, seed: number): Shown {
  const showing = { seed, liveFrom: Date.parse(startedAt), watchedMs: HOUR };
  const story = showStory(showing);
  const cast = new Set(story.told.map(({ label }) => `${label.cluster}/${label.namespace}/${label.hpa}`));
  const clean = showClean(showing, ({ cluster, namespace, name }) => cast.has(`${cluster}/${namespace}/${name}`));
  return { ...story, clean: clean.map(({ sentence }) => sentence) };
}

const [startedAt = '', seed = ''] = process.argv.slice(2);
console.log(JSON.stringify(showOnce(startedAt, Number(seed))));
