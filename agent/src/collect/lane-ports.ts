import { lanesFor } from '../schedule/slots.ts';

const FIRST_PORT = 55_553;

/** The local ports of the lanes: those of the settings, or for `auto` as many as keep the cycle of so many clusters within 60 s. */
export const lanePorts = (setting: readonly number[] | 'auto', clusters: number): readonly number[] =>
  setting === 'auto' ? Array.from({ length: lanesFor(clusters) }, (_, lane) => FIRST_PORT + lane) : setting;
