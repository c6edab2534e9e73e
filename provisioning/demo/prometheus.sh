#!/bin/sh
# prometheus.sh DIRECTORY FLEET [FLAG...]
# A Prometheus of the demo: loads the history of one simulated cluster (FLEET: host:port of `hpa-watch simulate`), then scrapes on from there.
# It keeps nothing from an earlier run in DIRECTORY: the story begins anew with the fleet.
set -eu
directory=$1
fleet=$2
shift 2

data=$directory/tsdb
rm -rf "$data"
mkdir "$data"
wget -q -O "$directory/history.om" "http://$fleet/history"
# Without the (hidden) flag promtool reads the file once for every two hours of it.
promtool tsdb create-blocks-from --max-block-duration=54h openmetrics "$directory/history.om" "$data" >/dev/null
rm "$directory/history.om"

cat >"$directory/prometheus.yml" <<END
global:
  scrape_interval: 30s
  scrape_timeout: 20s
scrape_configs:
  - job_name: simulated
    honor_labels: true
    static_configs:
      - targets: ['$fleet']
    # The history has none.
    metric_relabel_configs:
      - { regex: instance, action: labeldrop }
END
exec prometheus --config.file="$directory/prometheus.yml" --storage.tsdb.path="$data" --storage.tsdb.retention.time=7d "$@"
