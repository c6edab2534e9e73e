import type { DataSourcePluginOptionsEditorProps } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Alert, Field, FieldSet, Input, SecretInput } from '@grafana/ui';
import {
  missingTokens,
  pollSecondsOf,
  tidyUrl,
  urlFault,
  USUAL_POLL_SECONDS,
  withoutReadToken,
  withoutToken,
  withReadToken,
  withToken,
  type AgentOptions,
  type AgentSecrets,
} from './settings';

type Props = DataSourcePluginOptionsEditorProps<AgentOptions, AgentSecrets>;

const WIDTH = 60;

/** Where the agent is, and the tokens that Grafana adds to calls. */
export function ConfigEditor({ options, onOptionsChange }: Props) {
  const { jsonData, secureJsonData, secureJsonFields, url, readOnly } = options;
  const hasOwnReadToken = jsonData.hasOwnReadToken === true;
  const fault = urlFault(url);
  return (
    <>
      <FieldSet label={t('datasource.config.agent', 'Agent')}>
        <Field
          noMargin
          htmlFor="hpa-watch-url"
          label={t('datasource.config.url', 'URL')}
          description={t(
            'datasource.config.url-is',
            'Where Grafana reaches the agent. Grafana calls it, not your browser: in a container, 127.0.0.1 is the container itself.',
          )}
          required
          invalid={fault === 'not-a-url'}
          error={t('datasource.config.url-wrong', 'An http or https address such as http://127.0.0.1:8085')}
        >
          <Input
            id="hpa-watch-url"
            value={url}
            width={WIDTH}
            readOnly={readOnly}
            placeholder="http://127.0.0.1:8085"
            onChange={({ currentTarget }) => onOptionsChange({ ...options, url: currentTarget.value })}
            onBlur={() => onOptionsChange({ ...options, url: tidyUrl(url) })}
          />
        </Field>
      </FieldSet>

      <FieldSet label={t('datasource.config.tokens', 'Tokens')}>
        <Field
          htmlFor="hpa-watch-token"
          label={t('datasource.config.token', 'Token')}
          description={t(
            'datasource.config.token-is',
            'auth.token of the agent. Grafana keeps it encrypted and adds it to calls; browsers never get it. Changes (enrol, acknowledge, mute) are let through for the roles Editor and Admin only.',
          )}
        >
          <SecretInput
            id="hpa-watch-token"
            width={WIDTH}
            isConfigured={secureJsonFields?.token === true}
            value={secureJsonData?.token ?? ''}
            autoComplete="off"
            onReset={() => onOptionsChange(withoutToken(options))}
            onChange={({ currentTarget }) => onOptionsChange(withToken(options, currentTarget.value))}
          />
        </Field>
        <Field
          htmlFor="hpa-watch-read-token"
          label={t('datasource.config.read-token', 'Token for reading (optional)')}
          description={t(
            'datasource.config.read-token-is',
            'auth.readToken of the agent, for all calls that only look. Left empty, the token above is kept for reading too.',
          )}
        >
          <SecretInput
            id="hpa-watch-read-token"
            width={WIDTH}
            isConfigured={hasOwnReadToken && secureJsonFields?.readToken === true}
            value={hasOwnReadToken ? (secureJsonData?.readToken ?? '') : ''}
            autoComplete="off"
            placeholder={t('datasource.config.read-token-same', 'the same as above')}
            onReset={() => onOptionsChange(withoutReadToken(options))}
            onChange={({ currentTarget }) => onOptionsChange(withReadToken(options, currentTarget.value))}
          />
        </Field>
        <TokenNotice missing={missingTokens(options)} />
      </FieldSet>

      <FieldSet label={t('datasource.config.live', 'Live queries')}>
        <Field
          htmlFor="hpa-watch-poll-seconds"
          label={t('datasource.config.poll', 'Poll interval (seconds)')}
          description={t(
            'datasource.config.poll-is',
            'How often a query that is live asks for what is new, 5 at least. The agent scans each HPA once a minute.',
          )}
        >
          <Input
            id="hpa-watch-poll-seconds"
            type="number"
            width={20}
            min={5}
            max={3600}
            readOnly={readOnly}
            placeholder={String(USUAL_POLL_SECONDS)}
            value={jsonData.pollSeconds ?? ''}
            onChange={({ currentTarget: { valueAsNumber } }) =>
              onOptionsChange({
                ...options,
                jsonData: { ...jsonData, pollSeconds: Number.isNaN(valueAsNumber) ? undefined : valueAsNumber },
              })
            }
            onBlur={() =>
              jsonData.pollSeconds !== undefined &&
              onOptionsChange({ ...options, jsonData: { ...jsonData, pollSeconds: pollSecondsOf(jsonData) } })
            }
          />
        </Field>
      </FieldSet>
    </>
  );
}

function TokenNotice({ missing }: { missing: readonly (keyof AgentSecrets)[] }) {
  if (missing.length === 0) return null;
  if (missing.includes('readToken'))
    return (
      <Alert
        severity="warning"
        title={t(
          'datasource.config.no-read-token',
          'There is no token for reading, so the agent will refuse every query. Enter the token again, or one for reading.',
        )}
      />
    );
  return (
    <Alert
      severity="info"
      title={t(
        'datasource.config.no-token',
        'With a token for reading alone, everything can be looked at and nothing be changed.',
      )}
    />
  );
}
