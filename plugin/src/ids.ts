/** Plugin IDs, as in the plugin.json files. */
export const APP_ID = 'hpawatch-monitor-app';
export const DATASOURCE_TYPE = 'hpawatch-monitor-datasource';
/** Where the app's pages live, without the sub-path of Grafana. */
export const APP_URL = `/a/${APP_ID}`;
