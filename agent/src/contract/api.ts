/**
 * The HTTP API as types: what each call takes and answers. The one entry of "@hpa-watch/agent/contract"; types only, so a
 * client bundle carries nothing of it.
 */
export type { AccessAnswer } from './access.ts';
export type {
  AcknowledgeRequest,
  AnomalyAnswer,
  AnomalyKindName,
  AnomalyListAnswer,
  AnomalyStateName,
  AnomalyView,
  BaselineMetric,
  ExcludeRequest,
  SeverityName,
} from './anomalies.ts';
export type { AcceptAnswer, AcceptRequest, BandSeries, BaselineAnswer } from './baseline.ts';
export type { ChangesAnswer, ChangeView } from './changes.ts';
export type { DoneAnswer, ErrorAnswer, Fault } from './common.ts';
export type {
  ClusterAnswer,
  ClusterListAnswer,
  ClusterRequest,
  ClusterView,
  DiscoveredHpaView,
  DiscoveryAnswer,
} from './clusters.ts';
export type {
  BackfillAnswer,
  EnrolAnswer,
  EnrolManyAnswer,
  EnrolManyRequest,
  EnrolRequest,
  EnrolResultView,
} from './enrolment.ts';
export type { AgentEvent, BaselineStateName, ForwardStatusName } from './events.ts';
export type {
  HpaAnswer,
  HpaDeleteAnswer,
  HpaDetail,
  HpaItem,
  HpaListAnswer,
  HpaPatchRequest,
  HpaSortName,
  HpaSortText,
  SampleView,
} from './hpas.ts';
export type {
  GrafanaAnswer,
  GrafanaMetrics,
  GrafanaOption,
  GrafanaQueryRequest,
  GrafanaSeries,
  GrafanaTable,
  GrafanaTarget,
} from './grafana.ts';
export type { MuteAnswer, MuteRequest } from './mute.ts';
export type { SeriesAnswer, SeriesMetric } from './series.ts';
export type { ForwardView } from './forward.ts';
export type { SparklineItem, SparklinesAnswer } from './sparklines.ts';
export type { AgentView, PortCluster, SlotTimes, StatusAnswer, TimeSlotsView } from './status.ts';
export type { StreamEvent } from './stream.ts';
export type { SummaryAnswer } from './summary.ts';
export type {
  ClusterScans,
  ClusterSchedule,
  LaneView,
  LastScan,
  ScanTallyView,
  SlotView,
  TimeslotsAnswer,
} from './timeslots.ts';
