import { PluginPage } from '@grafana/runtime';

export default function AnomaliesPage() {
  return <PluginPage>{null}</PluginPage>;
}
