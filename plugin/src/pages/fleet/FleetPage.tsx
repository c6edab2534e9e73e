import { PluginPage } from '@grafana/runtime';

export default function FleetPage() {
  return <PluginPage>{null}</PluginPage>;
}
