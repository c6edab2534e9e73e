import { PluginPage } from '@grafana/runtime';

export default function SchedulePage() {
  return <PluginPage>{null}</PluginPage>;
}
