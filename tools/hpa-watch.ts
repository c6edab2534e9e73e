// The agent's command line in a checkout: where a command shows the page of the Grafana app, that is built first.
import { buildPage } from './build-page.ts';

const [command, ...options] = process.argv.slice(2);
if (command === 'demo' || options.includes('--preview')) await buildPage();
const cli: string = new URL('../agent/dist/cli.js', import.meta.url).href;
await import(cli);
