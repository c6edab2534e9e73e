import amdModule from 'amd-module';
import { initPluginTranslations } from '@grafana/i18n';
import type { ResourceLoader, Resources } from '@grafana/i18n';
import { APP_ID } from '../ids';

/**
 * Where the app's files lie, seen from the address of a nested plugin's module. Grafana serves that under its own ID beside the app; from a
 * content delivery network it comes out of its folder in the app.
 */
export const appRoot = (uri: string): string => {
  const inApp = /^(.*\/)(panels\/[^/]+|datasource)\/module\.js/.exec(uri)?.[1];
  return inApp ?? uri.replace(/[^/]+\/module\.js.*$/, `${APP_ID}/`);
};

/**
 * Texts for a nested plugin: the app's own files, read from beside the app, since a nested plugin cannot load chunks. English stands in the code.
 */
const loadFromApp: ResourceLoader = async (language) => {
  const uri = amdModule?.uri;
  if (language !== 'pt-BR' || uri === undefined) return {};
  const answer = await fetch(`${appRoot(uri)}locales/${language}/${APP_ID}.json`);
  return answer.ok ? ((await answer.json()) as Resources) : {};
};

/** To be awaited before the first text of a nested plugin is asked for. */
export const initNestedTranslations = (): Promise<unknown> => initPluginTranslations(APP_ID, [loadFromApp]);
