import { PluginPage } from '@grafana/runtime';

export default function HpaPage() {
  return <PluginPage>{null}</PluginPage>;
}
